// Where in a subject it is worth to try an expression at all.
import type { Analysis } from './analyse.ts';
import { FULL_SET } from './byte-set.ts';
import type { ByteSet } from './byte-set.ts';
import type { PatternNode } from './node.ts';
import type { ProgramParts } from './program.ts';

/** What the program says of the search; `startBytes` undefined for all bytes. */
export type SearchPlan = Pick<ProgramParts, 'anchor' | 'prefix' | 'leastBytes' | 'farthestFromEnd'> & {
  readonly startBytes: ByteSet | undefined;
};

/** The text with which every match starts; only where case counts, as that is what is searched for faster than byte by byte. */
function prefixOf(node: PatternNode): string {
  const first = node.kind === 'sequence' ? node.items[0] : node;
  if (first?.kind === 'bytes' && !first.ignoreCase) return first.text;
  return first?.kind === 'group' ? prefixOf(first.body) : '';
}

/** `independent`: nothing in the expression depends on what a group has matched. */
export function planSearch(root: PatternNode, analysis: Analysis, independent: boolean): SearchPlan {
  let anchor: ProgramParts['anchor'] = 'none';
  if (analysis.beginsWith(root, 'start')) anchor = 'start';
  else if (analysis.beginsWith(root, 'match-start') || (independent && analysis.beginsWithAnything(root)))
    anchor = 'match-start';
  const leastBytes = analysis.leastBytes(root);
  const start = analysis.firstBytes(root, FULL_SET);
  return {
    anchor,
    prefix: anchor === 'none' ? prefixOf(root) : '',
    leastBytes,
    farthestFromEnd: analysis.endsAtEnd(root) ? analysis.mostBytes(root) : Infinity,
    startBytes: start.isFull || leastBytes === 0 ? undefined : start,
  };
}
