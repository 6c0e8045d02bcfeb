// Which core the server gets and which the load generator, so that they do not take time from each other.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Tools } from './tools.ts';

/** Commands to put in front of another one; empty where cores cannot be assigned. */
export interface Pinning {
  readonly server: readonly string[];
  readonly load: readonly string[];
}

/** The first core for the server, the last for the load; nothing without taskset or with a single core. */
export function planPinning(tools: Tools): Pinning {
  const cores = allowedCores();
  if (tools.taskset === undefined || cores.length < 2) return { server: [], load: [] };
  return { server: [tools.taskset, '-c', String(cores[0])], load: [tools.taskset, '-c', String(cores.at(-1))] };
}

/** A container may see more cores than it may use. */
function allowedCores(): number[] {
  let list = `0-${availableParallelism() - 1}`;
  try {
    list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? list;
  } catch {
    // Only Linux tells.
  }
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
