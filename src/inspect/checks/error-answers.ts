// What do errors do to the connection: bytes that are no request, a page that is not there, a body that is announced as too large?
import { ABSENT_PATH, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import { readStep } from '../steps/connection-step.ts';
import type { Measurements } from '../measurements.ts';
import type { NoAnswer, Reply } from '../peer/reply.ts';

/** Nobody takes a terabyte, and yet everybody can count it. */
const ABSURD_BYTES = 1e12;

/** Whoever says nothing to bytes that make no sense need not be waited for any longer. */
const PATIENCE_MS = 5_000;

/** A server that ends the connection does so with its answer, or a moment later. */
const CLOSE_MS = 1_000;

export const errorAnswers: Check = defineCheck({
  id: 'error-answers',
  title: 'What errors do to the connection',
  measures: [
    'badRequestStatus',
    'badRequestCloses',
    'notFoundStatus',
    'notFoundKept',
    'tooLargeStatus',
    'tooLargeConnection',
  ],
  kind: 'quick',
  cost: ({ gentle }) => (gentle ? { connections: 2, requests: 4 } : { connections: 3, requests: 6 }),
  run: async (run) => {
    const notFound = await askForNothing(run);
    const tooLarge = await announceTooMuch(run);
    const badRequest = run.options.gentle ? {} : await sendNoRequest(run);
    return { ...notFound, ...tooLarge, ...badRequest };
  },
});

async function askForNothing(run: CheckRun): Promise<Partial<Pick<Measurements, 'notFoundStatus' | 'notFoundKept'>>> {
  const peer = await run.open('a page that is not there, then another request');
  const reply = await peer.exchange(run.format({ path: ABSENT_PATH }));
  if (reply.kind === 'none') return {};
  const step = await readStep(run, peer);
  peer.close();
  return { notFoundStatus: reply.status, notFoundKept: step === 'inStep' };
}

/** RFC 9110 §10.1.1: what follows is 100 or the final answer. The body is never sent. */
async function announceTooMuch(
  run: CheckRun,
): Promise<Partial<Pick<Measurements, 'tooLargeStatus' | 'tooLargeConnection'>>> {
  const peer = await run.open('announces a body that is too large, and asks before it sends it');
  const fieldLines = `Content-Type: text/plain\r\nContent-Length: ${ABSURD_BYTES}\r\nExpect: 100-continue\r\n`;
  const request = run.format({ method: 'POST', path: ABSENT_PATH, fieldLines });
  const reply = await peer.exchange(request, 'POST', PATIENCE_MS);
  const step =
    reply.kind === 'answer' && !isAskedFor(reply) && !reply.saysClose ? await readStep(run, peer) : undefined;
  peer.close();
  // Whoever asks for the body waits for it, whatever else it says: the connection is of no more use to us.
  if (isAskedFor(reply)) return { tooLargeStatus: 100 };
  if (reply.kind === 'none') return hasEnded(reply) ? { tooLargeConnection: 'unannouncedClose' } : {};
  if (reply.saysClose) return { tooLargeStatus: reply.status, tooLargeConnection: 'announcedClose' };
  const became = step === 'inStep' ? 'kept' : step === 'ended' ? 'unannouncedClose' : null;
  return { tooLargeStatus: reply.status, tooLargeConnection: became };
}

async function sendNoRequest(
  run: CheckRun,
): Promise<Partial<Pick<Measurements, 'badRequestStatus' | 'badRequestCloses'>>> {
  const peer = await run.open('a line that is no request, then one');
  const reply = await peer.exchange('This line is no request.\r\n\r\n', 'GET', PATIENCE_MS);
  const badRequestStatus = reply.kind === 'answer' ? reply.status : null;
  const ending = await peer.ending(CLOSE_MS);
  if (ending.how !== 'none') return { badRequestStatus, badRequestCloses: true };
  const next = await peer.exchange(run.format({ method: run.cheapMethod }), run.cheapMethod, PATIENCE_MS);
  // What neither ends nor answers is neither closed nor kept.
  return { badRequestStatus, badRequestCloses: next.kind === 'answer' ? false : hasEnded(next) ? true : null };
}

function isAskedFor({ interim }: Reply): boolean {
  return interim.includes(100);
}

function hasEnded({ why }: NoAnswer): boolean {
  return why === 'fin' || why === 'reset';
}
