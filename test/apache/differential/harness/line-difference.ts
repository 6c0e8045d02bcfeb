// Two lists of lines, compared and shown side by side in one text: what only the first has with `-`, what only the second has with `+`.

/** How far two times in milliseconds may be apart: what a busy machine needs, and less than what any configuration of the suite differs by. */
const TIME_TOLERANCE_MS = 300;

const TIME = /after (\d+) ms/;

/** Whether the lines are the same, times within the tolerance. */
export function sameLine(one: string, other: string): boolean {
  if (one === other) return true;
  const [oneTime, otherTime] = [TIME.exec(one)?.[1], TIME.exec(other)?.[1]];
  if (oneTime === undefined || otherTime === undefined) return false;
  const near = Math.abs(Number(oneTime) - Number(otherTime)) <= TIME_TOLERANCE_MS;
  return near && one.replace(TIME, '') === other.replace(TIME, '');
}

export function sameLines(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, index) => sameLine(line, other[index] ?? ''));
}

/** By the longest common subsequence; the lists here are short. */
export function formatDifference(one: readonly string[], other: readonly string[]): string {
  const common: number[][] = Array.from({ length: one.length + 1 }, () =>
    Array.from({ length: other.length + 1 }, () => 0),
  );
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      const row = common[i] ?? [];
      row[j] = sameLine(one[i] ?? '', other[j] ?? '') ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; i < one.length || j < other.length;) {
    if (i < one.length && j < other.length && sameLine(one[i] ?? '', other[j] ?? '')) {
      lines.push(`  ${one[i]}`);
      i++;
      j++;
    } else if (j >= other.length || (i < one.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`- ${one[i++]}`);
    } else {
      lines.push(`+ ${other[j++]}`);
    }
  }
  return lines.join('\n');
}
