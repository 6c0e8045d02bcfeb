// Who of the clients speaks what, and what it does with its connection. Pure.

/** What is spoken, and over what. Both kinds without TLS go to one port, both with it to another. */
export const PROTOCOLS = ['http/1.1', 'http/1.1 over TLS', 'h2c', 'h2 over TLS'] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/**
 * `steady` keeps its connection and asks now and then, `visits` comes, asks a few times and goes, `streams` reads slow answers, `sends`
 * posts bodies, `listens` reads events, `givesUp` takes its requests back.
 */
export type Habit = 'steady' | 'visits' | 'streams' | 'sends' | 'listens' | 'givesUp';

/** Of twenty clients: sixteen, two, one, one. */
function protocolAt(place: number): Protocol {
  if (place < 16) return 'http/1.1';
  if (place < 18) return 'http/1.1 over TLS';
  return place === 18 ? 'h2c' : 'h2 over TLS';
}

/** Of twenty of the same protocol, so that each has all habits: fourteen, two, and one of each of the others. */
const HABITS: readonly Habit[] = [
  ...Array.from({ length: 14 }, () => 'steady' as const),
  ...(['visits', 'visits', 'streams', 'sends', 'listens', 'givesUp'] as const),
];

/** What the client with this number is. The step of seven mixes the habits, so that few clients have all of them, too. */
export function planClient(number: number): { readonly protocol: Protocol; readonly habit: Habit } {
  const place = number % 20;
  const among = Math.floor(number / 20) * 7 + place * 3;
  return { protocol: protocolAt(place), habit: HABITS[among % HABITS.length]! };
}
