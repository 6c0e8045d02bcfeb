// Interim responses of handlers (RFC 9110 §15.2): what may be sent when, and their fields as text.
import { MisuseError } from '../../errors.ts';
import { formatLine, listFields } from '../answer/answer-fields.ts';
import type { AnswerHeaders } from '../handler.ts';

/** An interim response that waits for its exchange's turn. */
export interface HeldInformational {
  readonly status: number;
  readonly fieldLines: string;
}

/** What is to be done with one: send it, hold it until the answers before it are out, or leave it out. */
export type InformationalPlan = 'send' | 'hold' | 'drop';

/** @throws MisuseError for a status that is none of an interim response, or is not the handler's to send. */
export function checkInformational(status: number): void {
  if (status === 101)
    throw new MisuseError('sendInformational: 101 belongs to whoever takes the connection by upgrade()');
  if (Number.isInteger(status) && status >= 100 && status <= 199) return;
  throw new MisuseError(`sendInformational: the status is ${status}, it must be 100 or a whole number from 102 to 199`);
}

/** What is known when a handler sends one. */
export interface InformationalFacts {
  /** The handler has returned, or the server has answered in its place. */
  readonly answered: boolean;
  /** The client is gone, or its request broke off and was answered: the handler cannot know. */
  readonly givenUp: boolean;
  readonly minorVersion: number;
  /** All earlier answers are out. */
  readonly isFirst: boolean;
  /** The peer does not take what was written. */
  readonly blocked: boolean;
}

/** @throws MisuseError where the handler has answered. */
export function planInformational(facts: InformationalFacts): InformationalPlan {
  if (facts.givenUp) return 'drop';
  if (facts.answered) throw new MisuseError('sendInformational: the answer has begun already');
  // RFC 9110 §15.2: HTTP/1.0 knows none. A peer that does not read is not to be sent more than it has to be.
  if (facts.minorVersion === 0 || facts.blocked) return 'drop';
  return facts.isFirst ? 'send' : 'hold';
}

/** Complete field lines. Those of framing and of the connection have no place in an interim response (RFC 9110 §8.6, RFC 9112 §6.1). */
export function encodeInformationalFields(headers: AnswerHeaders | undefined): string {
  if (headers === undefined) return '';
  let lines = '';
  for (const [name, value] of informationalFields(headers)) lines += formatLine(name, value);
  return lines;
}

/** The fields that may stand in an interim response, names in lower case. */
export function informationalFields(headers: AnswerHeaders): Array<readonly [string, string]> {
  const list = listFields(headers);
  const fields: Array<readonly [string, string]> = [];
  for (let at = 0; at < list.length; at += 2) {
    if (!LEFT_OUT.has(list[at]!)) fields.push([list[at]!, list[at + 1]!]);
  }
  return fields;
}

const LEFT_OUT: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
