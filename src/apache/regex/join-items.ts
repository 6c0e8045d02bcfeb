// Makes one node of what stands in a row: bytes next to each other become one text, and caseless bytes that have no case become plain ones.
import type { PatternNode } from './node.ts';

type BytesNode = Extract<PatternNode, { kind: 'bytes' }>;

function isLetter(text: string): boolean {
  return /^[a-zA-Z]$/.test(text);
}

/** Sequences in sequences are laid open, so that what they start with can join what stands before them. */
function* flatten(items: readonly PatternNode[]): Generator<PatternNode> {
  for (const item of items) {
    if (item.kind === 'sequence') yield* item.items;
    else if (item.kind !== 'empty') yield item;
  }
}

export function joinItems(items: readonly PatternNode[]): PatternNode {
  const joined: PatternNode[] = [];
  let run: BytesNode[] = [];
  const endRun = (): void => {
    if (run.length > 0) {
      const ignoreCase = run.some((part) => part.ignoreCase);
      joined.push({ kind: 'bytes', text: run.map(({ text }) => text).join(''), ignoreCase });
    }
    run = [];
  };
  for (const item of flatten(items)) {
    if (item.kind !== 'bytes') {
      endRun();
      joined.push(item);
      continue;
    }
    const ignoreCase = item.ignoreCase && (item.text.length > 1 || isLetter(item.text));
    // A text of both sorts would ignore too much case: where there are letters, the sorts stay apart.
    const last = run.at(-1);
    if (last !== undefined && last.ignoreCase !== ignoreCase) endRun();
    run.push({ ...item, ignoreCase });
  }
  endRun();
  const [only] = joined;
  if (only === undefined) return { kind: 'empty' };
  return joined.length === 1 ? only : { kind: 'sequence', items: joined };
}
