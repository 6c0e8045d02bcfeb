// What contradicts the path, or rests on something that nobody is sure of, as warnings. Pure.
import { formatTimeout, lintTimeouts } from '../../path/index.ts';
import type { Problem } from '../../path/index.ts';
import { defaultGraceMs, realIdleTimeoutMs } from '../connection/keep-alive-policy.ts';
import type { ServerWarning } from '../warning.ts';
import { findSender } from './path-options.ts';
import type { PathFacts } from './path-options.ts';

/** What the rules find in the path and in the numbers that were given. */
export function warnOfPath(facts: PathFacts, idleMs: number): ServerWarning[] {
  if (!facts.keepAlive || facts.hops.length === 0) return [];
  const graceMs = facts.keepAliveGraceMs ?? defaultGraceMs(idleMs);
  // What counts is how long the server really waits.
  const serverIdleMs = realIdleTimeoutMs({ keepAliveTimeoutMs: idleMs, keepAliveGraceMs: graceMs });
  return lintTimeouts({ hops: facts.hops, server: 'perdura' }, { serverIdleMs }).map(toWarning);
}

function toWarning({ who, level, title, happens, change, wantedMs, ground }: Problem): ServerWarning {
  const hint = ground === 'hint' ? ' That rests on a hint, which is not verified.' : '';
  const isOurs = who === 'server';
  return {
    option: isOurs ? 'keepAliveTimeoutMs' : 'behind',
    level,
    message: `${title}. ${happens} ${change}${hint}`,
    ...(isOurs && wantedMs !== null ? { wantedMs } : {}),
  };
}

/** Numbers that are missing in the table, or that nobody official says. */
export function warnOfUnknown(facts: PathFacts): ServerWarning[] {
  const sender = findSender(facts.hops);
  if (sender === undefined || !facts.keepAlive || facts.keepAliveTimeoutMs !== undefined) return [];
  const { title, serverIdleMs, advisedServerIdleMs, note } = sender;
  const toDo = `Find out how long it keeps idle connections to the server, and give the milliseconds in place of '${sender.name}'.`;
  if (serverIdleMs === null && advisedServerIdleMs === undefined) {
    const about = note === '' ? '' : ` ${note}`;
    const message = `How long ${title} keeps idle connections to the server is not known, so the idle timeout stays at its default, ${formatTimeout(facts.defaultIdleMs)}.${about} ${toDo}`;
    return [{ option: 'behind', level: 'hint', message }];
  }
  if (sender.given === true && serverIdleMs !== null && serverIdleMs < 1_000) {
    const message = `${serverIdleMs} is taken as milliseconds. If seconds are meant, write ${serverIdleMs * 1_000}.`;
    return [{ option: 'behind', level: 'warn', message }];
  }
  if (sender.verified) return [];
  const message = `What is known of ${title} is a hint: nobody official says so, or not as one. It is used all the same, because a longer idle timeout does no harm. ${toDo}`;
  return [{ option: 'behind', level: 'hint', message }];
}
