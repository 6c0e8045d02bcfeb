// Runs the program of a regular expression over a subject: backtracking, as PCRE2 does it, with a stack of its own and a budget of steps.
import { equalBytes, isWordBoundary } from './subject.ts';
import { MatchLimitError } from './match-budget.ts';
import type { MatchBudget } from './match-budget.ts';
import { closeCall, callDistance, openCall } from './match-calls.ts';
import {
  callStack,
  dropChoices,
  growMatchStack,
  matchStack,
  releaseMatchMemory,
  RESERVE,
  RESTORE,
  undoSince,
} from './match-stack.ts';
import { giveBack, takeMore } from './match-runs.ts';
import { OP } from './program.ts';
import type { Program } from './program.ts';

/** Bytes of a simple run that count as one step, as a power of two. */
const RUN_SHIFT = 3;

/**
 * Finds the first match from there on; the registers of the program hold it then.
 *
 * @throws MatchLimitError where the budget ends, or the memory. Nothing is left of the budget then, which tells those who take it for no match.
 */
export function runProgram(program: Program, subject: string, from: number, budget: MatchBudget): boolean {
  try {
    return search(program, subject, from, budget);
  } catch (error) {
    finish(budget, 0);
    throw error;
  }
}

function search(program: Program, subject: string, from: number, budget: MatchBudget): boolean {
  const { code, sets, registers, resetRegisters, callRegister, startSet, prefix } = program;
  const end = subject.length;
  let steps = budget.remaining;
  let stack = matchStack();
  let start = Math.max(from, end - program.farthestFromEnd);
  let lastStart = end - program.leastBytes;
  if (program.anchor !== 'none') lastStart = Math.min(lastStart, program.anchor === 'start' ? 0 : from);

  starts: for (; start <= lastStart; start += 1) {
    if (prefix !== '') {
      const found = subject.indexOf(prefix, start);
      if (found === -1 || found > lastStart) {
        steps -= (end - start) >> RUN_SHIFT;
        break;
      }
      steps -= (found - start) >> RUN_SHIFT;
      start = found;
    } else if (startSet !== -1) {
      const first = start;
      while (start <= lastStart && sets[startSet + subject.charCodeAt(start)] === 0) start += 1;
      steps -= (start - first) >> RUN_SHIFT;
      if (start > lastStart) break;
    }
    steps -= resetRegisters >> RUN_SHIFT;
    for (let register = 0; register < resetRegisters; register += 1) registers[register] = -1;
    if (callRegister !== -1) {
      registers[callRegister] = -1;
      registers[callRegister + 1] = 0;
    }
    registers[0] = start;
    let pc = 0;
    let position = start;
    let top = 0;

    step: for (;;) {
      steps -= 1;
      if (steps < 0) break starts;
      if (top + RESERVE > stack.length) stack = growMatchStack(top + RESERVE);
      switch (code[pc]!) {
        case OP.match:
          registers[1] = position;
          finish(budget, steps);
          return true;
        case OP.fail:
          break;
        case OP.byte:
          if (position >= end || subject.charCodeAt(position) !== code[pc + 1]!) break;
          position += 1;
          pc += 2;
          continue;
        case OP.bytes: {
          const count = code[pc + 1]!;
          if (position + count > end) break;
          let index = 0;
          while (index < count && subject.charCodeAt(position + index) === code[pc + 2 + index]!) index += 1;
          if (index < count) break;
          position += count;
          pc += 2 + count;
          continue;
        }
        case OP.caselessBytes: {
          const count = code[pc + 1]!;
          if (position + count > end) break;
          let index = 0;
          for (; index < count; index += 1) {
            const byte = subject.charCodeAt(position + index);
            if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== code[pc + 2 + index]!) break;
          }
          if (index < count) break;
          position += count;
          pc += 2 + count;
          continue;
        }
        case OP.set:
          if (position >= end || sets[code[pc + 1]! + subject.charCodeAt(position)] !== 1) break;
          position += 1;
          pc += 2;
          continue;
        case OP.any:
          if (position >= end) break;
          position += 1;
          pc += 1;
          continue;
        case OP.choice:
          stack[top] = code[pc + 1]!;
          stack[top + 1] = position;
          top += 3;
          pc += 2;
          continue;
        case OP.guardedChoice: {
          let primary = true;
          let other = true;
          if (position < end) {
            const byte = subject.charCodeAt(position);
            primary = sets[code[pc + 1]! + byte] === 1;
            other = sets[code[pc + 3]! + byte] === 1;
          } else primary = code[pc + 2] === 1;
          if (primary) {
            if (other) {
              stack[top] = code[pc + 4]!;
              stack[top + 1] = position;
              top += 3;
            }
            pc += 5;
            continue;
          }
          if (!other) break;
          pc = code[pc + 4]!;
          continue;
        }
        case OP.dispatch:
          pc = code[pc + 1 + (position < end ? subject.charCodeAt(position) & 0xff : 256)]!;
          continue;
        case OP.jump:
          pc = code[pc + 1]!;
          continue;
        case OP.save:
        case OP.setCounter:
        case OP.increment: {
          const register = code[pc + 1]!;
          const old = registers[register]!;
          // With nothing to go back to, nobody asks what was there.
          if (top > 0) {
            stack[top] = RESTORE;
            stack[top + 1] = register;
            stack[top + 2] = old;
            top += 3;
          }
          if (code[pc] === OP.save) registers[register] = position;
          else registers[register] = code[pc] === OP.increment ? old + 1 : 0;
          pc += 2;
          continue;
        }
        case OP.close:
          for (let index = 0; index < 2; index += 1) {
            const register = code[pc + 1]! + index;
            stack[top] = RESTORE;
            stack[top + 1] = register;
            stack[top + 2] = registers[register]!;
            top += 3;
          }
          registers[code[pc + 1]!] = registers[code[pc + 2]!]!;
          registers[code[pc + 1]! + 1] = position;
          pc += 3;
          continue;
        case OP.spanPossessive:
        case OP.spanGreedy:
        case OP.spanLazy: {
          const op = code[pc]!;
          const set = code[pc + 1]!;
          const least = position + code[pc + 2]!;
          if (least > end) break;
          const most = code[pc + 3] === -1 ? end : Math.min(end, position + code[pc + 3]!);
          const stop = op === OP.spanLazy ? least : most;
          let at = position;
          if (set === -1) at = stop;
          else {
            while (at < stop && sets[set + subject.charCodeAt(at)] === 1) at += 1;
            steps -= (at - position) >> RUN_SHIFT;
          }
          if (at < least) break;
          position = at;
          if (op === OP.spanPossessive) {
            pc += 4;
            continue;
          }
          if (op === OP.spanGreedy ? at > least : at < most) {
            stack[top] = -2 - pc;
            stack[top + 1] = at;
            stack[top + 2] = op === OP.spanGreedy ? least : most;
            top += 3;
          }
          pc += 5;
          continue;
        }
        case OP.assertStart:
          if (position !== 0) break;
          pc += 1;
          continue;
        case OP.assertLineStart:
          // Not after a newline that ends the subject.
          if (position !== 0 && (position === end || subject.charCodeAt(position - 1) !== 0x0a)) break;
          pc += 1;
          continue;
        case OP.assertEnd:
          if (position !== end) break;
          pc += 1;
          continue;
        case OP.assertEndOrLastNewline:
          if (position !== end && (position !== end - 1 || subject.charCodeAt(position) !== 0x0a)) break;
          pc += 1;
          continue;
        case OP.assertLineEnd:
          if (position !== end && subject.charCodeAt(position) !== 0x0a) break;
          pc += 1;
          continue;
        case OP.assertWordBoundary:
        case OP.assertNotWordBoundary:
          if (isWordBoundary(subject, position) !== (code[pc] === OP.assertWordBoundary)) break;
          pc += 1;
          continue;
        case OP.assertMatchStart:
          if (position !== from) break;
          pc += 1;
          continue;
        case OP.mark: {
          const register = code[pc + 1]!;
          if (callRegister !== -1) {
            for (let index = 0; index < 2; index += 1) {
              stack[top] = RESTORE;
              stack[top + 1] = register + index;
              stack[top + 2] = registers[register + index]!;
              top += 3;
            }
          }
          registers[register] = top;
          registers[register + 1] = position;
          pc += 2;
          continue;
        }
        case OP.commit:
        case OP.commitAndReturn: {
          const mark = registers[code[pc + 1]!]!;
          steps -= (top - mark) >> RUN_SHIFT;
          top = dropChoices(mark, top);
          if (code[pc] === OP.commitAndReturn) position = registers[code[pc + 1]! + 1]!;
          pc += 2;
          continue;
        }
        case OP.undo: {
          const register = code[pc + 1]!;
          const mark = registers[register]!;
          position = registers[register + 1]!;
          steps -= (top - mark) >> RUN_SHIFT;
          undoSince(registers, mark, top);
          top = mark;
          pc = code[pc + 2]!;
          continue;
        }
        case OP.back:
          if (position < code[pc + 1]!) break;
          position -= code[pc + 1]!;
          pc += 2;
          continue;
        case OP.reference: {
          const count = code[pc + 2]!;
          let group = -1;
          for (let index = 0; index < count && group === -1; index += 1)
            if (registers[2 * code[pc + 3 + index]! + 1] !== -1) group = code[pc + 3 + index]!;
          if (group === -1) break;
          const first = registers[2 * group]!;
          const length = registers[2 * group + 1]! - first;
          steps -= (length + count) >> RUN_SHIFT;
          if (position + length > end || !equalBytes(subject, first, position, length, code[pc + 1] === 1)) break;
          position += length;
          pc += 3 + count;
          continue;
        }
        case OP.bound: {
          const count = registers[code[pc + 1]!]!;
          if (count < code[pc + 2]!) pc = code[pc + 4]!;
          else pc = count >= code[pc + 3]! ? code[pc + 5]! : pc + 6;
          continue;
        }
        case OP.countTo: {
          const register = code[pc + 1]!;
          const count = registers[register]! + 1;
          if (count > code[pc + 2]!) {
            pc += 4;
            continue;
          }
          stack[top] = RESTORE;
          stack[top + 1] = register;
          stack[top + 2] = count - 1;
          top += 3;
          registers[register] = count;
          pc = count < code[pc + 2]! ? code[pc + 3]! : pc + 4;
          continue;
        }
        case OP.ifUnmoved:
          pc = registers[code[pc + 1]!] === position ? code[pc + 2]! : pc + 3;
          continue;
        case OP.ifGroup:
        case OP.ifCalled: {
          const count = code[pc + 1]!;
          const call = callRegister === -1 ? -1 : registers[callRegister]!;
          let holds = count === 0 && call !== -1;
          for (let index = 0; index < count && !holds; index += 1) {
            const group = code[pc + 2 + index]!;
            holds =
              code[pc] === OP.ifGroup ? registers[2 * group + 1] !== -1 : call !== -1 && callStack()[call] === group;
          }
          pc = holds ? pc + 3 + count : code[pc + 2 + count]!;
          continue;
        }
        case OP.call: {
          // It would go on for ever: PCRE2 gives up with an error, which is no match.
          const distance = callDistance(registers, callRegister, code[pc + 1]!, position);
          if (distance === -1) {
            finish(budget, steps);
            return false;
          }
          top = openCall(registers, callRegister, code[pc + 1]!, pc + 3, position, top);
          steps -= distance + (registers.length >> RUN_SHIFT);
          pc = code[pc + 2]!;
          continue;
        }
        case OP.endCall: {
          const call = registers[callRegister]!;
          const calls = callStack();
          if (call === -1 || calls[call] !== code[pc + 1]!) {
            pc += 2;
            continue;
          }
          top = closeCall(registers, callRegister, call, top);
          stack = matchStack();
          steps -= registers.length >> RUN_SHIFT;
          pc = calls[call + 1]!;
          continue;
        }
      }
      // What was tried has failed: back to the last choice.
      for (;;) {
        if (top === 0) break step;
        top -= 3;
        const kind = stack[top]!;
        if (kind >= 0) {
          pc = kind;
          position = stack[top + 1]!;
          continue step;
        }
        if (kind === RESTORE) {
          registers[stack[top + 1]!] = stack[top + 2]!;
          continue;
        }
        const run = -2 - kind;
        const bound = stack[top + 2]!;
        const tried = stack[top + 1]!;
        const at =
          code[run] === OP.spanGreedy
            ? giveBack(program, run, subject, tried, bound)
            : takeMore(program, run, subject, tried, bound);
        steps -= Math.abs(at - tried) >> RUN_SHIFT;
        if (at === -1) continue;
        if (at !== bound) {
          stack[top + 1] = at;
          top += 3;
        }
        position = at;
        pc = run + 5;
        continue step;
      }
    }
  }
  finish(budget, steps);
  if (steps < 0) throw new MatchLimitError('steps', `matching took more than the ${budget.steps} steps of a request`);
  return false;
}

function finish(budget: MatchBudget, steps: number): void {
  budget.settle(steps);
  releaseMatchMemory();
}
