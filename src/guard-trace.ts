// Keeps an observer's defect away from the connection that it observes. One of the few places that print.

/** A trace that may throw: what it throws is told on standard error, and nothing else happens. */
export function guardTrace<Event extends { readonly type: string }>(
  trace: (event: Event) => void,
): (event: Event) => void {
  return (event) => {
    try {
      trace(event);
    } catch (failure) {
      console.error(`perdura: trace failed for '${event.type}':`, failure);
    }
  };
}
