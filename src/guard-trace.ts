// Keeps an observer's defect away from the connection that it observes. One of the few places that print.

/** A trace that may throw: what it throws is told on standard error, and nothing else happens. `name` is that of the option. */
export function guardTrace<Event extends { readonly type: string }>(
  trace: (event: Event) => void,
  name = 'trace',
): (event: Event) => void {
  return (event) => {
    try {
      trace(event);
    } catch (failure) {
      console.error(`perdura: ${name} failed for '${event.type}':`, failure);
    }
  };
}
