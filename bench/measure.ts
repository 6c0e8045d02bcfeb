// Rounds of alternating measurements, and what is told of them. Knows nothing of what is measured.

/** One side of a comparison. */
export interface Contender<Sample> {
  readonly name: string;
  measure(): Promise<Sample>;
}

/** The middle of several rounds and how far they lie apart. */
export interface Summary {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly rounds: readonly number[];
}

/**
 * Measures A B C, A B C, …, so that whatever else the machine does meets all of them alike. The first round warms up and is
 * thrown away. Returns the samples of each contender, in order of rounds.
 */
export async function measureInRounds<Sample>(
  contenders: readonly Contender<Sample>[],
  rounds: number,
  onRound: (round: number) => void,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    onRound(round);
    for (const contender of contenders) {
      // One at a time is what makes them comparable.
      // oxlint-disable-next-line no-await-in-loop
      const sample = await contender.measure();
      if (round > 0) samples.get(contender.name)!.push(sample);
    }
  }
  return samples;
}

/** The ratio within each round, because the two halves of a round saw the same machine. */
export function summariseRatio(numerators: readonly number[], denominators: readonly number[]): Summary {
  return summarise(numerators.map((value, round) => value / denominators[round]!));
}

export function summarise(rounds: readonly number[]): Summary {
  return { median: median(rounds), lowest: Math.min(...rounds), highest: Math.max(...rounds), rounds };
}

/** NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
