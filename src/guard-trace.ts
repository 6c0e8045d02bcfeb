// Keeps a defect of what users hand in, observers above all, away from the connections that it is called for: it is called from timers and
// sockets, where an exception would end the process. One of the few places that print.

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

/** Calls something of the user's: what it throws is told on standard error, and the result is `otherwise`. `name` is that of the option. */
export function callGuarded<Result>(name: string, otherwise: Result, call: () => Result): Result {
  try {
    return call();
  } catch (failure) {
    console.error(`perdura: ${name} failed:`, failure);
    return otherwise;
  }
}
