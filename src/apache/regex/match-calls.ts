// Calls of a part of the expression, such as `(?R)` and `(?1)`: what is kept of the state before, and brought back after.
import { callStack, growCallStack, growMatchStack, matchStack, RESERVE, RESTORE } from './match-stack.ts';

// A call keeps the group, the place to return to, the call around it, the place in the subject, and then all registers. Two registers hold
// the call that goes on, -1 where there is none, and the top of the calls: these stay, as a choice may lead back into them.
const HEAD_WORDS = 4;

/** How many calls lie between this one and the last one of the same group; -1 if that was at the same place. */
export function callDistance(registers: Int32Array, callRegister: number, group: number, position: number): number {
  const calls = callStack();
  let distance = 0;
  let call = registers[callRegister]!;
  for (; call !== -1 && calls[call] !== group; call = calls[call + 2]!) distance += 1;
  return call !== -1 && calls[call + 3] === position ? -1 : distance;
}

/** Returns the top of the stack. */
export function openCall(
  registers: Int32Array,
  callRegister: number,
  group: number,
  returnTo: number,
  position: number,
  top: number,
): number {
  const stack = matchStack();
  const around = registers[callRegister]!;
  const at = registers[callRegister + 1]!;
  const size = HEAD_WORDS + registers.length;
  const calls = at + size > callStack().length ? growCallStack(at + size) : callStack();
  calls[at] = group;
  calls[at + 1] = returnTo;
  calls[at + 2] = around;
  calls[at + 3] = position;
  calls.set(registers, at + HEAD_WORDS);
  for (let index = 0; index < 2; index += 1) {
    stack[top + 3 * index] = RESTORE;
    stack[top + 3 * index + 1] = callRegister + index;
    stack[top + 3 * index + 2] = registers[callRegister + index]!;
  }
  registers[callRegister] = at;
  registers[callRegister + 1] = at + size;
  return top + 6;
}

/** Everything is as it was before the call, but for the top of the calls and where the match starts. Returns the top of the stack. */
export function closeCall(registers: Int32Array, callRegister: number, call: number, top: number): number {
  const calls = callStack();
  const most = top + 3 * registers.length + RESERVE;
  const stack = most > matchStack().length ? growMatchStack(most) : matchStack();
  let newTop = top;
  for (let register = 2; register < registers.length; register += 1) {
    const value = calls[call + HEAD_WORDS + register]!;
    if (register === callRegister + 1 || registers[register] === value) continue;
    stack[newTop] = RESTORE;
    stack[newTop + 1] = register;
    stack[newTop + 2] = registers[register]!;
    newTop += 3;
    registers[register] = value;
  }
  return newTop;
}
