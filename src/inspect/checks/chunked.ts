// Is a chunked request understood, with and without trailers (RFC 9112 §7.1)? What is read as something else shows on the connection.
import { ABSENT_PATH, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import { readStep } from '../steps/connection-step.ts';
import type { ConnectionStep } from '../steps/connection-step.ts';
import type { NoAnswer, Reply } from '../peer/reply.ts';

const CONTENT_TYPE = 'Content-Type: text/plain\r\n';

const CHUNKED = 'Transfer-Encoding: chunked\r\n';

const CONTENT = 'perdura-check';

/** The same in two chunks, and the last one, without the empty line at the end. */
const CHUNKS = '7\r\nperdura\r\n6\r\n-check\r\n0\r\n';

const CHUNK_FAULTS: readonly NoAnswer['fault'][] = ['badChunkSize', 'badChunkExtension', 'badChunkEnd'];

/** How a request with a body went. */
interface Outcome {
  readonly reply: Reply;
  /** Undefined where there was no answer. */
  readonly step: ConnectionStep | undefined;
}

export const chunked: Check = defineCheck({
  id: 'chunked',
  title: 'Whether chunked requests are understood',
  measures: ['chunked', 'requestTrailers'],
  kind: 'quick',
  cost: () => ({ connections: 3, requests: 6 }),
  run: async (run) => {
    const outcome = await post(run, 'a chunked request, then another one', CHUNKED, `${CHUNKS}\r\n`);
    const isUnderstood = await decideUnderstood(run, outcome);
    return {
      chunked: isUnderstood,
      requestTrailers: isUnderstood === true ? await checkTrailers(run, outcome) : null,
    };
  },
});

async function decideUnderstood(run: CheckRun, { reply, step }: Outcome): Promise<boolean | null> {
  if (reply.kind === 'none' && CHUNK_FAULTS.includes(reply.fault)) return false;
  if (reply.kind === 'none' || reply.status === 400) {
    // Was it the coding, or any request of this kind?
    const plain = await post(run, 'the same with Content-Length', `Content-Length: ${CONTENT.length}\r\n`, CONTENT);
    if (plain.reply.kind === 'none') return null;
    if (reply.kind === 'none' || plain.reply.status !== 400) return false;
  }
  if (step === 'inStep') return true;
  if (step !== 'ended') return false;
  // Nothing shows what was read; but whoever sends the coding knows it.
  return reply.saysClose && run.known.answerFraming === 'chunked' ? true : null;
}

async function checkTrailers(run: CheckRun, without: Outcome): Promise<boolean | null> {
  if (without.step !== 'inStep' || without.reply.kind === 'none') return null;
  const fieldLines = `${CHUNKED}Trailer: X-Perdura-Check\r\n`;
  const { reply, step } = await post(run, 'the same with trailers', fieldLines, `${CHUNKS}X-Perdura-Check: 1\r\n\r\n`);
  if (reply.kind === 'none' || (step !== 'inStep' && step !== 'ended')) return false;
  if (reply.status !== without.reply.status) return reply.status >= 400 ? false : null;
  return step === 'inStep' ? true : null;
}

async function post(run: CheckRun, purpose: string, fieldLines: string, body: string): Promise<Outcome> {
  const peer = await run.open(purpose);
  const shape = { method: 'POST', path: ABSENT_PATH, fieldLines: `${CONTENT_TYPE}${fieldLines}`, body };
  const reply = await peer.exchange(run.format(shape), 'POST');
  const step = reply.kind === 'answer' ? await readStep(run, peer) : undefined;
  // Some servers serve one connection at a time.
  peer.close();
  return { reply, step };
}
