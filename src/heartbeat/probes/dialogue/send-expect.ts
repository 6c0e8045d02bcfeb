// A probe that its user describes: what is sent, and what has to come back.
import { OptionError } from '../../../errors.ts';
import { formatBytes } from '../../../http/visible-bytes.ts';
import { checkNames, checkObject, describe } from '../../../option-checks.ts';
import { isThenable } from '../../../thenable.ts';
import type { Probe } from '../../engine/probe.ts';
import { ConversationProbe } from '../connection/conversation-probe.ts';
import { DialogueRun } from './dialogue-run.ts';
import type { Dialogue, Reply, ReplyReader, Turn } from './dialogue.ts';
import { DIALOGUE_OPTION_NAMES, replyLimit } from './preset-probe.ts';
import type { DialogueProbeOptions } from './preset-probe.ts';
import { makeProbeTools } from '../connection/probe-connection.ts';
import { parseRawTarget } from '../connection/probe-target.ts';
import type { HostAndPort } from '../connection/probe-target.ts';

/**
 * What has to come back. A text (UTF-8) or bytes: they are contained in it. A regular expression: it matches what came, one character a
 * byte. A function: true where everything is there, false where more has to come, or a {@link Reply} that says more. Where it throws the
 * signal has failed.
 */
export type Expectation = string | Uint8Array | RegExp | ((received: Buffer) => boolean | Reply | undefined);

/** Something to say and what has to come back. */
export interface SendExpect {
  /** A text (UTF-8) or bytes. */
  readonly send: string | Uint8Array;
  /** What ends the answer: what comes later is taken for something that nobody asked for. */
  readonly expect: Expectation;
}

/** Options of {@link sendExpectProbe}. */
export interface SendExpectOptions extends SendExpect, DialogueProbeOptions {
  /** What the peer says first, on each new connection. Default: nothing, we begin. */
  readonly greeting?: Expectation;
  /** What is said before the first signal of a connection, such as a log-in. */
  readonly opening?: readonly SendExpect[];
  /** What in place of the answer means that it is none, so that nobody waits for the deadline. */
  readonly refuse?: Expectation;
  /** What is said before we end the connection. */
  readonly farewell?: string;
}

const OWN_NAMES = ['send', 'expect', 'greeting', 'opening', 'refuse', 'farewell'];

/**
 * Sends bytes and waits for others: `sendExpectProbe('tcp://127.0.0.1:6379', { send: 'PING\r\n', expect: '+PONG' })`. With a target of
 * `{ host, port, tls: true }` or `tls://…` over TLS. What the peer says between signals is passed over.
 *
 * @throws OptionError
 */
export function sendExpectProbe(target: string | HostAndPort, options: SendExpectOptions): Probe {
  checkObject('options', options);
  checkNames('', options, [...DIALOGUE_OPTION_NAMES, ...OWN_NAMES]);
  const peer = parseRawTarget(target);
  const tls = typeof target === 'object' && typeof target.tls === 'object' ? target.tls : options.tls;
  const tools = makeProbeTools(tls === undefined ? options : { ...options, tls });
  const dialogue = sendExpectDialogue(options);
  const limit = replyLimit(options);
  return new ConversationProbe(tools, peer, () => new DialogueRun(dialogue, limit));
}

/** The conversation of one connection. */
export function sendExpectDialogue(options: SendExpectOptions): Dialogue {
  const { send, expect, greeting, opening = [], refuse, farewell } = options;
  if (!Array.isArray(opening)) throw new OptionError('opening', `is ${describe(opening)}, it must be a list`);
  const refusal = refuse === undefined ? undefined : expectation('refuse', refuse);
  const signal: Turn = { send: bytesOf('send', send), read: readerOf('expect', expect, refusal, undefined) };
  let first: Turn | undefined;
  const steps: readonly SendExpect[] = opening;
  for (const [index, step] of [...steps.entries()].toReversed()) {
    const name = `opening[${index}]`;
    checkObject(name, step);
    first = {
      send: bytesOf(`${name}.send`, step.send),
      read: readerOf(`${name}.expect`, step.expect, refusal, first),
    };
  }
  if (greeting !== undefined) first = { read: readerOf('greeting', greeting, refusal, first) };
  return {
    protocol: 'the peer',
    opening: first,
    signal: () => signal,
    readUnasked: ({ length }) => ({ kind: 'accepted', lengthBytes: length }),
    ...(farewell === undefined ? {} : { farewell: bytesOf('farewell', farewell).toString('latin1') }),
  };
}

/** Reads everything that came with what was expected: the rest of its line, say. */
function readerOf(
  name: string,
  expected: Expectation,
  refusal: Matcher | undefined,
  next: Turn | undefined,
): ReplyReader {
  const match = expectation(name, expected);
  return (received) => {
    const refused = refusal?.(received) ?? false;
    if (refused === true) return { kind: 'refused', reason: formatBytes(received.subarray(0, 120)) };
    if (refused !== false && refused.kind !== 'accepted') return refused;
    const found = match(received);
    if (found === true) {
      return { kind: 'accepted', lengthBytes: received.length, detail: formatBytes(received.subarray(0, 40)), next };
    }
    if (found === false) return undefined;
    return found.kind === 'accepted' ? { ...found, next } : found;
  };
}

/** Says whether what is looked for is there, or what is there instead. */
type Matcher = (received: Buffer) => boolean | Reply;

function expectation(name: string, expected: Expectation): Matcher {
  if (typeof expected === 'function') return (received) => askUser(name, expected, received);
  if (expected instanceof RegExp) {
    // With g or y it would remember where it was.
    const pattern = new RegExp(expected.source, expected.flags.replaceAll(/[gy]/g, ''));
    return (received) => pattern.test(received.toString('latin1'));
  }
  const bytes = bytesOf(name, expected, 'a text, bytes, a regular expression or a function');
  if (bytes.length === 0) throw new OptionError(name, 'is empty, and would be there before anything has come');
  return (received) => received.includes(bytes);
}

/** It is called as bytes arrive, where an exception would end the process. */
function askUser(name: string, expected: (received: Buffer) => unknown, received: Buffer): boolean | Reply {
  try {
    const found = expected(received) ?? false;
    if (typeof found === 'boolean' || isReply(found, received.length)) return found;
    // Nobody else waits for it.
    if (isThenable(found)) void found.then(undefined, () => {});
    return { kind: 'refused', reason: `${name} gave ${describe(found)}, it must give true, false or a Reply` };
  } catch (error) {
    return { kind: 'refused', reason: `${name} failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function isReply(value: unknown, most: number): value is Reply {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, lengthBytes, reason } = value as Record<string, unknown>;
  if (kind === 'closing' || kind === 'refused') return typeof reason === 'string';
  return (
    kind === 'accepted' && Number.isInteger(lengthBytes) && Number(lengthBytes) >= 0 && Number(lengthBytes) <= most
  );
}

function bytesOf(name: string, given: unknown, allowed = 'a text or bytes'): Buffer {
  if (typeof given === 'string') return Buffer.from(given);
  if (given instanceof Uint8Array) return Buffer.from(given);
  throw new OptionError(name, `is ${describe(given)}, it must be ${allowed}`);
}
