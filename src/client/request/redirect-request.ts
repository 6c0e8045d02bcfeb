// The request that a redirect leads to, made of the one that was redirected: its fields without those that were meant for what it left.
import { isIdempotentMethod } from '../../http/methods.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import { BODY_FIELDS, ORIGIN_FIELDS } from './redirect.ts';
import type { RedirectDecision } from './redirect.ts';
import type { RequestTarget } from './request-target.ts';

/** `target` is what the URL of the decision was resolved to. */
export function redirectRequest(
  outgoing: OutgoingRequest,
  decision: RedirectDecision & { readonly action: 'follow' },
  target: RequestTarget,
): OutgoingRequest {
  const dropped = new Set(['host']);
  if (decision.dropBody) for (const name of BODY_FIELDS) dropped.add(name);
  if (decision.dropCredentials) for (const name of ORIGIN_FIELDS) dropped.add(name);
  let lines = target.hostLine;
  for (const line of outgoing.fieldLines.split('\r\n')) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    if (line !== '' && !dropped.has(name)) lines += `${line}\r\n`;
  }
  const isSameMethod = decision.method === outgoing.method;
  return {
    method: decision.method,
    origin: target.origin,
    target: target.target,
    url: target.url,
    fieldLines: lines,
    body: decision.dropBody ? { kind: 'none' } : outgoing.body,
    idempotent: isSameMethod ? outgoing.idempotent : isIdempotentMethod(decision.method),
    close: outgoing.close,
  };
}
