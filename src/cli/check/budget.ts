// What an inspection may cost at most, said before it begins.
import { formatDuration } from '../../text/index.ts';
import type { Cost } from '../../inspect/index.ts';

/** E.g. `at most 31 connections and 1,100 requests to 127.0.0.1:8080, and 75 s of waiting`. */
export function formatBudget(cost: Cost, longestWaitMs: number, url: string): string {
  const { host, port, protocol } = new URL(url);
  const place = port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host;
  const budget = `at most ${formatCost(cost)} to ${place}`;
  return longestWaitMs === 0 ? budget : `${budget}, and ${formatDuration(longestWaitMs)} of waiting`;
}

/** `1 connection and 2 requests`. */
export function formatCost({ connections, requests }: Cost): string {
  return `${count(connections, 'connection')} and ${count(requests, 'request')}`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
