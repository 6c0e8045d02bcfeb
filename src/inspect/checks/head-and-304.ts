// Do answers that never have a body, those to HEAD and those of status 304, come without one and leave the connection in step
// (RFC 9112 §6.3)?
import { defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import { readStep } from '../steps/connection-step.ts';
import type { Measurements } from '../measurements.ts';
import type { Answer, Reply } from '../peer/reply.ts';

export const headAnd304: Check = defineCheck({
  id: 'head-and-304',
  title: 'Whether answers without a body keep the connection in step',
  measures: ['headFraming', 'headFault', 'notModifiedFraming'],
  kind: 'quick',
  cost: () => ({ connections: 4, requests: 7 }),
  run: async (run) => {
    const plain = await askOnce(run, 'GET, to compare the others with');
    if (plain.kind === 'none') return {};
    const headFault = await findHeadFault(run, plain);
    return { headFraming: headFault === null, headFault, notModifiedFraming: await checkNotModified(run, plain) };
  },
});

async function findHeadFault(run: CheckRun, plain: Answer): Promise<Measurements['headFault']> {
  const peer = await run.open('HEAD, then another request');
  const head = await peer.exchange(run.format({ method: 'HEAD' }), 'HEAD');
  if (head.kind === 'none') return head.why === 'malformed' ? 'framing' : 'unanswered';
  const step = await readStep(run, peer);
  peer.close();
  if (step === 'extraBytes') return 'body';
  if (step === 'misread' || step === 'silent') return 'framing';
  if (!differsInLength(head, plain)) return null;
  // A page that is another one each time has another length each time.
  return (await areBothTheSame(run, plain, head)) ? 'length' : null;
}

/** Servers behind a load balancer have pages of different lengths, too: both are asked of the same one. */
async function areBothTheSame(run: CheckRun, plain: Answer, head: Answer): Promise<boolean> {
  const peer = await run.open('GET and HEAD again: are they always as long?');
  const plainAgain = await peer.exchange(run.format());
  const headAgain =
    plainAgain.kind === 'none' ? plainAgain : await peer.exchange(run.format({ method: 'HEAD' }), 'HEAD');
  peer.close();
  if (plainAgain.kind === 'none' || plainAgain.status !== plain.status) return false;
  if (plainAgain.bodyBytes !== plain.bodyBytes) return false;
  // A connection that ends behind each answer tells no more.
  return headAgain.kind === 'none' || headAgain.headers.get('content-length') === head.headers.get('content-length');
}

/** RFC 9110 §8.6: HEAD announces the length that GET has, or none. */
function differsInLength(head: Answer, plain: Answer): boolean {
  const announced = head.headers.get('content-length');
  if (announced === null || head.headers.has('transfer-encoding')) return false;
  return head.status === plain.status && plain.framing !== 'none' && Number(announced) !== plain.bodyBytes;
}

async function checkNotModified(run: CheckRun, plain: Answer): Promise<boolean | null> {
  const fieldLines = formatConditions(plain);
  if (plain.status !== 200 || fieldLines === '') return null;
  const peer = await run.open('GET unless it has changed, then another request');
  const reply = await peer.exchange(run.format({ fieldLines }));
  if (reply.kind === 'none' || reply.status !== 304) return null;
  const step = await readStep(run, peer);
  return step === 'inStep' || step === 'ended';
}

/** Both conditions, as browsers send them: a server that knows entity tags ignores the date (RFC 9110 §13.1.3). */
function formatConditions({ headers }: Answer): string {
  const entityTag = headers.get('etag');
  const lastModified = headers.get('last-modified');
  const byTag = entityTag === null ? '' : `If-None-Match: ${entityTag}\r\n`;
  return byTag + (lastModified === null ? '' : `If-Modified-Since: ${lastModified}\r\n`);
}

async function askOnce(run: CheckRun, purpose: string): Promise<Reply> {
  const peer = await run.open(purpose);
  const reply = await peer.exchange(run.format());
  // Some servers serve one connection at a time.
  peer.close();
  return reply;
}
