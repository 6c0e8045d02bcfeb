// What becomes of a request whose body nobody wants? RFC 9112 §9.3: the server reads it to its end or closes, and the answer must not be
// lost on the way (§9.6). Whoever answers and reads on takes the body for requests.
import { ABSENT_PATH, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import { readStep } from '../steps/connection-step.ts';
import type { ConnectionStep } from '../steps/connection-step.ts';
import type { Reply } from '../peer/reply.ts';

/** The body is made of so many bytes that would be a request, where anybody took them for one. */
const PIECE_BYTES = 4_096;

/** Fits in the buffers of most sockets: a server that ignores it notices nothing. */
const SMALL_PIECES = 16;

/** 1 MiB does not: a server that closes without reading it resets the connection, and its answer may be lost with it. */
const LARGE_PIECES = 256;

export const unreadBody: Check = defineCheck({
  id: 'unread-body',
  title: 'What becomes of a body that nobody reads',
  measures: ['unreadBodyAnswered', 'unreadBodyKept', 'unreadBodyMisread'],
  kind: 'quick',
  cost: ({ gentle }) => (gentle ? { connections: 1, requests: 2 } : { connections: 2, requests: 3 }),
  run: async (run) => {
    const peer = await run.open('a body of 64 KiB that nobody wants, then another request');
    const reply = await peer.exchange(formatUnwanted(run, SMALL_PIECES), 'POST');
    if (reply.kind === 'none') return { unreadBodyAnswered: false };
    const step = await readStep(run, peer);
    peer.close();
    const isMisread = decideMisread(step);
    const isLargeOneAnswered = run.options.gentle || isMisread === true ? true : await isLargeAnswered(run);
    return { unreadBodyAnswered: isLargeOneAnswered, unreadBodyKept: step === 'inStep', unreadBodyMisread: isMisread };
  },
});

function decideMisread(step: ConnectionStep): boolean | null {
  if (step === 'extraBytes' || step === 'misread') return true;
  return step === 'inStep' ? false : null;
}

async function isLargeAnswered(run: CheckRun): Promise<boolean> {
  const peer = await run.open('a body of 1 MiB that nobody wants');
  const reply: Reply = await peer.exchange(formatUnwanted(run, LARGE_PIECES), 'POST');
  // A slow line is not the fault of the server.
  return reply.kind === 'answer' || reply.why === 'timeout';
}

function formatUnwanted(run: CheckRun, pieces: number): string {
  const head = `GET ${ABSENT_PATH} HTTP/1.1\r\nHost: ${run.target.authority}\r\nX-Padding: `;
  const end = '\r\n\r\n';
  const piece = head + 'x'.repeat(PIECE_BYTES - head.length - end.length) + end;
  const body = piece.repeat(pieces);
  const fieldLines = `Content-Type: text/plain\r\nContent-Length: ${body.length}\r\n`;
  return run.format({ method: 'POST', path: ABSENT_PATH, fieldLines, body });
}
