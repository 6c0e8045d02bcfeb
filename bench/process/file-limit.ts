// How many descriptors the processes of this benchmark may open; it decides how many connections can be measured.
import { execFileSync } from 'node:child_process';

/** Left for everything that is not one of the connections. */
const RESERVED = 100;

/** As many connections as were asked for, or as many as the limit allows. Node.js itself raises the soft limit to the hard one. */
export function planConnections(wanted: number): number {
  try {
    const hard = execFileSync('/bin/sh', ['-c', 'ulimit -Hn'], { encoding: 'latin1' }).trim();
    return hard === 'unlimited' ? wanted : Math.min(wanted, Number(hard) - RESERVED);
  } catch {
    return wanted;
  }
}
