// How much time of a core a process has used; what it did with that time is less noisy than what it did in a second of the clock.
import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever its own clock. */
const MS_PER_TICK = 10;

/** User and system time of all threads; undefined where the system does not tell (only Linux does). */
export function readCpuTimeMs(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // proc(5): the name of the program may hold spaces, so count from the parenthesis behind it; fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return undefined;
  }
}
