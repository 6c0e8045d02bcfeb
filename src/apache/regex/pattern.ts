// A regular expression as the rest of the configuration knows it: compiled once, matched against byte strings.
import { compileProgram } from './compile-program.ts';
import { runProgram } from './matcher.ts';
import type { MatchBudget } from './match-budget.ts';
import { parsePattern } from './parse-pattern.ts';
import type { PatternFlags } from './pattern-flags.ts';
import type { Program } from './program.ts';

/** Where an expression matched. Groups are numbered from 1; 0 is all of it. */
export interface Match {
  readonly subject: string;
  readonly index: number;
  readonly end: number;
  /** How many groups the expression has. */
  readonly groups: number;
  /** What the group matched: empty where it matched nothing at its place, undefined where it took no part. */
  group(number: number): string | undefined;
  /** -1 where it took no part. */
  start(number: number): number;
  /** -1 where it took no part. */
  endOf(number: number): number;
}

/** See the head of the file. */
export interface Pattern {
  readonly source: string;
  /** How many capturing groups it has, all of it not counted. */
  readonly groups: number;
  /** The numbers of each name, in the order in which they stand: names may stand several times. */
  readonly groupNames: ReadonlyMap<string, readonly number[]>;
  /**
   * The first match at or after `from`; what stands before is seen by lookbehinds and `^`.
   *
   * @throws MatchLimitError where the budget of the request ends: to be taken as no match, and logged.
   */
  match(subject: string, budget: MatchBudget, from?: number): Match | undefined;
  /** Whether there is one. */
  test(subject: string, budget: MatchBudget): boolean;
}

class FoundMatch implements Match {
  readonly subject: string;
  readonly groups: number;
  readonly #places: readonly number[];

  constructor(subject: string, groups: number, places: readonly number[]) {
    this.subject = subject;
    this.groups = groups;
    this.#places = places;
  }

  get index(): number {
    return this.#places[0] ?? -1;
  }

  get end(): number {
    return this.#places[1] ?? -1;
  }

  start(number: number): number {
    return this.#places[2 * number] ?? -1;
  }

  endOf(number: number): number {
    return this.#places[2 * number + 1] ?? -1;
  }

  group(number: number): string | undefined {
    const end = this.endOf(number);
    return end === -1 ? undefined : this.subject.slice(this.start(number), end);
  }
}

class CompiledPattern implements Pattern {
  readonly source: string;
  readonly groups: number;
  readonly groupNames: ReadonlyMap<string, readonly number[]>;
  readonly #program: Program;

  constructor(source: string, groups: number, groupNames: ReadonlyMap<string, readonly number[]>, program: Program) {
    this.source = source;
    this.groups = groups;
    this.groupNames = groupNames;
    this.#program = program;
  }

  match(subject: string, budget: MatchBudget, from = 0): Match | undefined {
    if (!runProgram(this.#program, subject, from, budget)) return undefined;
    const { registers } = this.#program;
    const places: number[] = [];
    for (let register = 0; register < 2 * (this.groups + 1); register += 2) {
      // A group that was left open says where it started, but it took no part.
      const end = registers[register + 1]!;
      places.push(end === -1 ? -1 : registers[register]!, end);
    }
    return new FoundMatch(subject, this.groups, places);
  }

  test(subject: string, budget: MatchBudget): boolean {
    return runProgram(this.#program, subject, 0, budget);
  }
}

/**
 * Compiles an expression of PCRE2 as Apache takes it: bytes, no UTF, names may repeat, and the options of `RegexDefaultOptions`.
 *
 * @throws PatternError where PCRE2 would refuse it, with its message, and for what is not supported: verbs such as `(*SKIP)`, callouts,
 * Unicode properties, and expressions of more than 32 KiB.
 */
export function compilePattern(source: string, flags: PatternFlags = {}): Pattern {
  const parsed = parsePattern(source, flags);
  return new CompiledPattern(source, parsed.groups, parsed.groupNames, compileProgram(parsed));
}
