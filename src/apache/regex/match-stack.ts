// The memory in which matches keep their ways back. Bounded, and shared by all of them.
import { MatchLimitError } from './match-budget.ts';

/**
 * Ways back that one match may keep, of three numbers each: 12 MiB. A nested group on the longest request line that Apache takes by default
 * (8190 bytes) needs about four for each byte. PCRE2's limit is 20 GB (its heap limit).
 */
const MAX_STACK_WORDS = 3 * 1_048_576;

/** What calls such as `(?R)` may keep: each of them all registers. */
const MAX_CALL_WORDS = 1_048_576;

/** Kind of a way back: a register is to be set to what it was. Others are the place to go on at, or a run's, negative and less two. */
export const RESTORE = -1;

/** Words that one operation may push at most, with room to spare. */
export const RESERVE = 32;

/** Memory above that is let go of after the match. */
const KEPT_WORDS = 65_536;

const INITIAL_WORDS = 3072;

type Words = Int32Array<ArrayBuffer>;

// Matching is synchronous and calls nobody back, so that one match is over before the next one begins.
let stack: Words = new Int32Array(INITIAL_WORDS);
let calls: Words = new Int32Array(0);

function grow(words: Words, atLeast: number, most: number): Words {
  if (atLeast > most)
    throw new MatchLimitError('memory', `a match needs more than ${most * 4} bytes to find its way back`);
  const larger = new Int32Array(Math.min(most, Math.max(atLeast, words.length * 2)));
  larger.set(words);
  return larger;
}

export function matchStack(): Words {
  return stack;
}

export function callStack(): Words {
  return calls;
}

/** @throws MatchLimitError */
export function growMatchStack(atLeast: number): Words {
  return (stack = grow(stack, atLeast, MAX_STACK_WORDS));
}

/** @throws MatchLimitError */
export function growCallStack(atLeast: number): Words {
  return (calls = grow(calls, atLeast, MAX_CALL_WORDS));
}

export function releaseMatchMemory(): void {
  if (stack.length > KEPT_WORDS) stack = new Int32Array(INITIAL_WORDS);
  if (calls.length > KEPT_WORDS) calls = new Int32Array(0);
}

/** Forgets the choices since the mark; what groups were before is still to be restored. Returns the top. */
export function dropChoices(mark: number, top: number): number {
  let kept = mark;
  for (let at = mark; at < top; at += 3) {
    if (stack[at] !== RESTORE) continue;
    stack[kept] = RESTORE;
    stack[kept + 1] = stack[at + 1]!;
    stack[kept + 2] = stack[at + 2]!;
    kept += 3;
  }
  return kept;
}

/** Sets the registers to what they were at the mark. */
export function undoSince(registers: Int32Array, mark: number, top: number): void {
  for (let at = top - 3; at >= mark; at -= 3) if (stack[at] === RESTORE) registers[stack[at + 1]!] = stack[at + 2]!;
}
