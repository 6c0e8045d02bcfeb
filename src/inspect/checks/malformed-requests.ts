// Which malformed requests are served as if nothing were wrong? Only those on whose end everybody agrees are sent (see MalformedRequest),
// so that nothing is left behind on a connection, here or on the way.
import { CheckFailure, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import { readStep } from '../steps/connection-step.ts';
import type { MalformedRequest } from '../measurements.ts';
import type { Answer, Reply } from '../peer/reply.ts';
import type { RequestShape } from '../peer/request-text.ts';

type Format = (run: CheckRun) => string;

/** How each is written. In the order of reports. */
const FORMATS: Readonly<Record<MalformedRequest, Format>> = {
  // RFC 9112 §6.3. The chunks are exactly as long as the length says.
  lengthBesideChunked: (run) =>
    formatCheap(run, { fieldLines: 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', body: '0\r\n\r\n' }),
  // RFC 9112 §3.2, also of the next one.
  missingHost: (run) => formatCheap(run).replace(/^Host: .*\r\n/m, ''),
  repeatedHost: (run) => formatCheap(run, { fieldLines: `Host: ${run.target.authority}\r\n` }),
  // RFC 9112 §5.1.
  spaceBeforeColon: (run) => formatCheap(run, { fieldLines: 'X-Perdura-Check : 1\r\n' }),
  // RFC 9112 §5.2.
  foldedField: (run) => formatCheap(run, { fieldLines: 'X-Perdura-Check: 1\r\n  2\r\n' }),
  // RFC 9112 §2.2. The head itself ends as it should: otherwise some would wait for its end.
  bareLineFeed: (run) => formatCheap(run, { fieldLines: 'X-Perdura-Check: 1\nX-Perdura-Check-Too: 2\r\n' }),
};

const PURPOSES: Readonly<Record<MalformedRequest, string>> = {
  lengthBesideChunked: 'Content-Length beside Transfer-Encoding, then another request',
  missingHost: 'a request without Host',
  repeatedHost: 'a request with Host twice',
  spaceBeforeColon: 'a request with a space before a colon',
  foldedField: 'a request with a folded field',
  bareLineFeed: 'a request with a line that ends in LF alone',
};

const KINDS = Object.keys(FORMATS) as readonly MalformedRequest[];

/** Too Many Requests, and Service Unavailable (RFC 6585 §4, RFC 9110 §15.6.4). */
const THROTTLED: readonly number[] = [429, 503];

/** Strict servers may drop what is malformed without a word: the wait is a few times as long as an answer takes. */
const PATIENCE_FACTOR = 4;
const LEAST_PATIENCE_MS = 1_000;

export const malformedRequests: Check = defineCheck({
  id: 'malformed-requests',
  title: 'Which malformed requests it serves',
  measures: ['acceptsMalformed', 'leadingEmptyLine'],
  kind: 'quick',
  // One for each, the plain one, the one behind an empty line; and a request behind the one that counts only where it is kept.
  cost: ({ gentle }) =>
    gentle ? { connections: 0, requests: 0 } : { connections: KINDS.length + 2, requests: KINDS.length + 3 },
  skipReason: ({ options, known }) => {
    if (options.gentle) return 'malformed requests are not gentle';
    return known.status === 400 ? 'it answers 400 to a request that is well-formed' : undefined;
  },
  run: async (run) => {
    const { reply: plain } = await ask(run, 'a request as it should be', formatCheap(run));
    if (plain.kind === 'none' || plain.status === 400) return {};
    // Then a malformed one is answered like any other, and nobody has looked at it.
    if (THROTTLED.includes(plain.status) && plain.status !== run.known.status) {
      throw new CheckFailure(`it answers ${plain.status} by now, as if there were too many requests`);
    }
    const patienceMs = Math.max(LEAST_PATIENCE_MS, PATIENCE_FACTOR * (plain.endMs - plain.sentMs));
    const leading = await ask(run, 'an empty line, then a request', `\r\n${formatCheap(run)}`, patienceMs);
    const acceptsMalformed: MalformedRequest[] = [];
    for (const kind of KINDS) {
      if (await isAccepted(run, kind, plain, patienceMs)) acceptsMalformed.push(kind);
    }
    return { acceptsMalformed, leadingEmptyLine: isServed(leading.reply, plain) };
  },
});

/** There are many of them: large answers would add up. */
function formatCheap(run: CheckRun, shape: RequestShape = {}): string {
  return run.format({ ...shape, method: run.cheapMethod });
}

async function isAccepted(run: CheckRun, kind: MalformedRequest, plain: Answer, patienceMs: number): Promise<boolean> {
  const { reply, kept } = await ask(
    run,
    PURPOSES[kind],
    FORMATS[kind](run),
    patienceMs,
    kind === 'lengthBesideChunked',
  );
  return isServed(reply, plain) && kept;
}

/** Below 400, or what a request as it should be gets there. */
function isServed(reply: Reply, plain: Answer): boolean {
  return reply.kind === 'answer' && (reply.status < 400 || reply.status === plain.status);
}

/** `asksAgain`: whether it has to be kept to count, as RFC 9112 §6.1 allows to process it and to close. */
async function ask(
  run: CheckRun,
  purpose: string,
  requestText: string,
  patienceMs?: number,
  asksAgain = false,
): Promise<{ reply: Reply; kept: boolean }> {
  const peer = await run.open(purpose);
  const reply = await peer.exchange(requestText, run.cheapMethod, patienceMs);
  const kept = !asksAgain || (reply.kind === 'answer' && (await readStep(run, peer)) === 'inStep');
  // Some servers serve one connection at a time.
  peer.close();
  return { reply, kept };
}
