// Holds a conversation with a server and keeps what came back, answer by answer, and what became of the connection.
import { setTimeout as delay } from 'node:timers/promises';
import { announcesClose, AnswerFault, AnswerReader } from './answer-reader.ts';
import type { Answer } from './answer-reader.ts';
import { Peer } from './peer.ts';
import type { PeerOptions } from './peer.ts';
import type { Conversation, Step } from './site.ts';

/** What became of the connection behind a step. */
export type Ending =
  | { readonly kind: 'open' }
  | { readonly kind: 'fin' | 'reset'; readonly announced: boolean; readonly afterMs?: number };

/** What one step brought. */
export interface Outcome {
  readonly name: string;
  readonly answers: readonly Answer[];
  /** From the bytes that were sent to the last byte of each answer; only where the conversation is timed. */
  readonly answeredAfterMs: readonly number[];
  /** Why there are fewer answers than requests, or more bytes than answers. */
  fault: string | undefined;
  ending: Ending;
}

/** How long a server may take to end a connection that it said it would end. */
const CLOSE_WITHIN_MS = 2_000;
/** How long a connection is watched before it is called open. */
const PROBE_MS = 30;

/** The outcomes of all steps, in order. Takes at most the times that the conversation names for each step. */
export async function converse(conversation: Conversation, port: number): Promise<Outcome[]> {
  const options = { port, tls: conversation.tls };
  const outcomes: Outcome[] = [];
  let peer = await Peer.open(options);
  try {
    for (const [index, step] of conversation.steps.entries()) {
      if (step.pauseMs > 0) await delay(step.pauseMs);
      if (peer.ending !== undefined && step.reopens) peer = await reopen(peer, options);
      const isLast = index === conversation.steps.length - 1;
      let outcome = await takeStep(peer, step, conversation, isLast);
      const before = outcomes.at(-1);
      // The connection was over before this step: that is news of the one before it.
      if (before?.ending.kind === 'open' && outcome.answers.length === 0 && peer.ending !== undefined) {
        before.ending = { kind: peer.ending, announced: false };
        if (step.reopens) {
          peer = await reopen(peer, options);
          outcome = await takeStep(peer, step, conversation, isLast);
        }
      }
      outcomes.push(outcome);
      outcome.ending = await watchEnding(peer, outcome, isLast, conversation.waitMs);
    }
  } finally {
    peer.destroy();
  }
  return outcomes;
}

async function reopen(peer: Peer, options: PeerOptions): Promise<Peer> {
  peer.destroy();
  return await Peer.open(options);
}

async function takeStep(peer: Peer, step: Step, conversation: Conversation, isLast: boolean): Promise<Outcome> {
  const reader = new AnswerReader();
  const answers: Answer[] = [];
  const answeredAfterMs: number[] = [];
  const startedAt = performance.now();
  let fault: string | undefined;
  peer.write(step.bytes);
  if (isLast && conversation.endsAfter) peer.sendFin();
  try {
    while (answers.length < step.answers.length) {
      reader.push(peer.take());
      const expected = step.answers[answers.length];
      const answer = expected && reader.next(expected, peer.ending !== undefined);
      if (answer !== undefined) {
        answers.push(answer);
        if (conversation.timed) answeredAfterMs.push(peer.lastByteAt - startedAt);
        if (announcesClose(answer)) break;
      } else if (peer.ending !== undefined || !(await peer.change(conversation.answersWithinMs))) {
        break;
      }
    }
    if (answers.length < step.answers.length) {
      const last = answers.at(-1);
      if (last === undefined || !announcesClose(last))
        fault = `${answers.length} of ${step.answers.length} answers came`;
    }
    reader.push(peer.take());
  } catch (error) {
    if (!(error instanceof AnswerFault)) throw error;
    fault = error.message;
  }
  if (reader.rest !== '') fault = `${fault ?? 'more than the answers'}: ${JSON.stringify(reader.rest.slice(0, 400))}`;
  return { name: step.name, answers, answeredAfterMs, fault, ending: { kind: 'open' } };
}

async function watchEnding(peer: Peer, outcome: Outcome, isLast: boolean, waitMs: number | undefined): Promise<Ending> {
  const last = outcome.answers.at(-1);
  const announced = last !== undefined && announcesClose(last);
  const withinMs = announced ? CLOSE_WITHIN_MS : isLast ? (waitMs ?? PROBE_MS) : 0;
  const until = performance.now() + withinMs;
  let rest = '';
  for (let left = withinMs; peer.ending === undefined && left > 0; left = until - performance.now()) {
    await peer.change(left);
    rest += peer.take();
  }
  rest += peer.take();
  if (rest !== '') outcome.fault = `more behind the answers: ${JSON.stringify(rest.slice(0, 400))}`;
  if (peer.ending === undefined) return { kind: 'open' };
  const ending = { kind: peer.ending, announced };
  return isLast && waitMs !== undefined ? { ...ending, afterMs: peer.idleBeforeEndMs } : ending;
}
