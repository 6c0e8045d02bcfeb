// Lengths that mean something: around the limits of the configurations, small ones and Apache's own.
import type { SeededRandom } from '../../../wire/seeded-random.ts';

const LIMITS = [40, 60, 8_190];
/** What stands beside the characters that are counted: names, methods, line ends. */
const AROUND = 24;

export function randomLength(random: SeededRandom): number {
  return random.pick(LIMITS) - AROUND + random.below(AROUND + 6);
}
