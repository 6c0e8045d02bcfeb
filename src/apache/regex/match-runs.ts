// Runs of one byte or class: where a run that went too far, or not far enough, may go on. -1 where nothing is left of it.
import type { Program } from './program.ts';

/** The next shorter run after which the rest of the expression may go on. */
export function giveBack(program: Program, run: number, subject: string, tried: number, least: number): number {
  const { sets } = program;
  const follow = program.code[run + 4]!;
  if (follow === -1) return tried - 1;
  let at = tried - 1;
  while (at >= least && sets[follow + subject.charCodeAt(at)] !== 1) at -= 1;
  return at < least ? -1 : at;
}

/** The next longer one. */
export function takeMore(program: Program, run: number, subject: string, tried: number, most: number): number {
  const { sets } = program;
  const set = program.code[run + 1]!;
  const follow = program.code[run + 4]!;
  for (let at = tried; at < most;) {
    if (set !== -1 && sets[set + subject.charCodeAt(at)] !== 1) return -1;
    at += 1;
    if (follow === -1 || at === subject.length || sets[follow + subject.charCodeAt(at)] === 1) return at;
  }
  return -1;
}
