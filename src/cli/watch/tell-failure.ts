// Reasons of heartbeats in the words of the command: their messages name options of the library, which are typed differently here. Pure.
import type { HeartbeatEvent } from '../../heartbeat/index.ts';
import { INSECURE_ADVICE, TLS_NAMES } from '../tls-names.ts';

/** What the library says, and what is said here. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/\bit may speak HTTP\/1\.1 only; check tls\.ALPNProtocols/g, 'it may speak HTTP/1.1 only: https:// takes either'],
  [/\buse http:\/\/ instead of https:\/\//g, 'use the scheme without TLS'],
  ...TLS_NAMES,
];

/** The same event, with a reason that says what to type. */
export function inWordsOfWatch<Event extends HeartbeatEvent>(event: Event): Event {
  if (event.reason === undefined) return event;
  let reason = event.reason;
  for (const [pattern, words] of NAMES) reason = reason.replaceAll(pattern, words);
  if (/^cannot connect to \S+: .*\bthe certificate /.test(reason)) reason += INSECURE_ADVICE;
  return reason === event.reason ? event : { ...event, reason };
}
