// What a regular expression is compiled to: numbers for the matcher. Operations with their operands, in the order in which they stand.

/** The operations. An operand `set` is the place of a table of 256 flags in `sets`; `target` is a place in `code`. */
export const OP = {
  /** The whole expression has matched. */
  match: 0,
  fail: 1,
  /** byte */
  byte: 2,
  /** count, byte… */
  bytes: 3,
  /** count, byte…: letters in lower case, of either case in the subject */
  caselessBytes: 4,
  /** set */
  set: 5,
  any: 6,
  /** target: try what follows, then the target. */
  choice: 7,
  /** set, canEnd, otherSet, target: `choice` that looks at the next byte first, and forgets the way that it rules out. */
  guardedChoice: 8,
  /** table: where to go by the next byte; 257 targets follow in `code`, the last for the end of the subject. */
  dispatch: 9,
  /** target */
  jump: 10,
  /** register: the place in the subject */
  save: 11,
  /** start register, register with the start: the end register is the next one. */
  close: 12,
  /** set, min, max: as many as there are, none given back. */
  spanPossessive: 13,
  /** set, min, max, follow set */
  spanGreedy: 14,
  /** set, min, max, follow set */
  spanLazy: 15,
  assertStart: 16,
  assertLineStart: 17,
  assertEnd: 18,
  assertEndOrLastNewline: 19,
  assertLineEnd: 20,
  assertWordBoundary: 21,
  assertNotWordBoundary: 22,
  assertMatchStart: 23,
  /** register: how much may be taken back, and in the one after it the place in the subject. */
  mark: 24,
  /** register: forgets the choices since the mark. */
  commit: 25,
  /** register: the same, and goes back to the place of the mark. */
  commitAndReturn: 26,
  /** register, target: undoes everything since the mark, and goes on at the target. */
  undo: 27,
  /** count: so many bytes to the left. */
  back: 28,
  /** ignoreCase, count, group… */
  reference: 29,
  /** register: to zero */
  setCounter: 30,
  /** register, min, max, body target, exit target: falls through where there is a choice. */
  bound: 31,
  /** register */
  increment: 32,
  /** register, min, target: counts to min, and goes to the target until it is reached. */
  countTo: 33,
  /** register, target: goes there if nothing was consumed since the register was saved. */
  ifUnmoved: 34,
  /** count, group…, target: falls through if one of the groups has matched. */
  ifGroup: 35,
  /** count, group…, target: the same for a call of one of the groups, or any if there is none. */
  ifCalled: 36,
  /** group, target */
  call: 37,
  /** group: ends its call, if it is called. */
  endCall: 38,
} as const;

/** What a program is made of. */
export interface ProgramParts {
  readonly code: Int32Array;
  /** Tables of 256 flags each. */
  readonly sets: Uint8Array;
  /** How many: twice the capturing groups, and those that the operations need. */
  readonly registers: number;
  /** How many of them are reset for every place where a match may start. */
  readonly resetRegisters: number;
  /** The registers of the call that goes on and of the top of the calls; -1 where there are no calls. */
  readonly callRegister: number;
  /** Where a match may start: everywhere, at the start of the subject or where the search starts. */
  readonly anchor: 'none' | 'start' | 'match-start';
  /** The bytes with which a match may start, as a place in `sets`; -1 for all. */
  readonly startSet: number;
  /** What every match starts with; empty where that is not one text. */
  readonly prefix: string;
  readonly leastBytes: number;
  /** No match starts further from the end than that; Infinity where nothing is known. */
  readonly farthestFromEnd: number;
}

/** Larger than any subject, and still a small integer: a field that is sometimes a fraction makes the matcher slow. */
const FAR = 0x3fff_ffff;

/** See the head of the file. A class, so that all programs have one shape: the matcher is compiled for that. */
export class Program {
  readonly code: Int32Array;
  readonly sets: Uint8Array;
  /** The state of a match, and its result. */
  readonly registers: Int32Array;
  readonly resetRegisters: number;
  readonly callRegister: number;
  readonly anchor: 'none' | 'start' | 'match-start';
  readonly startSet: number;
  readonly prefix: string;
  readonly leastBytes: number;
  readonly farthestFromEnd: number;

  constructor(parts: ProgramParts) {
    this.code = parts.code;
    this.sets = parts.sets;
    this.registers = new Int32Array(parts.registers);
    this.resetRegisters = parts.resetRegisters;
    this.callRegister = parts.callRegister;
    this.anchor = parts.anchor;
    this.startSet = parts.startSet;
    this.prefix = parts.prefix;
    this.leastBytes = Math.min(FAR, parts.leastBytes);
    this.farthestFromEnd = Math.min(FAR, parts.farthestFromEnd);
  }
}
