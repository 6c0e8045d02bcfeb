// Thousands of clients in a process of their own. Argument: the port of the server. Most keep a connection and ask now and then, some
// come and go, some stream, some send bodies. Each checks every answer.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { answerParent } from '../process/answer-parent.ts';

/** What came of it so far. */
export interface ClientSample {
  readonly open: number;
  readonly requests: number;
  readonly opened: number;
  readonly failed: number;
  /** What went wrong, how often. */
  readonly failures: Readonly<Record<string, number>>;
}

type Kind = 'steady' | 'comesAndGoes' | 'streams' | 'sends';

const port = Number(process.argv[2]);
const HOST = `Host: 127.0.0.1:${port}\r\n`;
const BODY = 'b'.repeat(2_000);
const REQUESTS: Readonly<Record<Kind, string>> = {
  steady: `GET / HTTP/1.1\r\n${HOST}\r\n`,
  comesAndGoes: `GET / HTTP/1.1\r\n${HOST}\r\n`,
  streams: `GET /stream HTTP/1.1\r\n${HOST}\r\n`,
  sends: `POST / HTTP/1.1\r\n${HOST}Content-Length: ${BODY.length}\r\n\r\n${BODY}`,
};
/** What the answer ends with. */
const ENDS: Readonly<Record<Kind, string>> = {
  steady: '\r\n\r\nok\n',
  comesAndGoes: '\r\n\r\nok\n',
  streams: '\r\n0\r\n\r\n',
  sends: `\r\n\r\n${BODY.length}\n`,
};
/** The pause between two requests, on average. */
const PAUSES_MS: Readonly<Record<Kind, number>> = {
  steady: 20_000,
  comesAndGoes: 2_000,
  streams: 5_000,
  sends: 10_000,
};
/** Requests after which a connection is closed by those who come and go. */
const VISIT_REQUESTS = 3;
/** An answer that takes longer than this is lost; a stream takes 10 s. */
const PATIENCE_MS = 60_000;

let open = 0;
let opened = 0;
let requests = 0;
const ending = new AbortController();
const failures: Record<string, number> = {};

function fail(what: string): void {
  if (!ending.signal.aborted) failures[what] = (failures[what] ?? 0) + 1;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Anything from none to twice as long, so that they do not march in step. */
const about = (ms: number): number => 2 * ms * Math.random();

function openOne(): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setEncoding('latin1');
    socket.once('connect', () => {
      open += 1;
      opened += 1;
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      fail(`connect ${error.code}`);
      resolve(undefined);
    });
    socket.once('close', () => (open -= 1));
  });
}

/** Whether the whole answer came, and the connection stays. */
function ask(socket: Socket, kind: Kind): Promise<boolean> {
  return new Promise((resolve) => {
    let text = '';
    const settle = (what: string | undefined): void => {
      clearTimeout(timer);
      socket
        .removeAllListeners('data')
        .removeAllListeners('end')
        .removeAllListeners('error')
        .on('error', () => {});
      if (what !== undefined) fail(`${kind}: ${what}`);
      resolve(what === undefined);
    };
    const timer = setTimeout(() => settle('no answer'), PATIENCE_MS);
    socket.on('data', (piece: string) => {
      text += piece;
      if (!text.endsWith(ENDS[kind])) return;
      if (!text.startsWith('HTTP/1.1 200 OK\r\n')) settle(text.slice(0, 20));
      else settle(/^connection: close\r$/im.test(text) ? 'told to close' : undefined);
    });
    socket.on('end', () => settle('ended'));
    socket.on('error', (error: NodeJS.ErrnoException) => settle(String(error.code)));
    requests += 1;
    socket.write(REQUESTS[kind], 'latin1');
  });
}

async function live(kind: Kind): Promise<void> {
  let socket: Socket | undefined;
  let asked = 0;
  while (!ending.signal.aborted) {
    // oxlint-disable-next-line no-await-in-loop
    socket ??= await openOne();
    // oxlint-disable-next-line no-await-in-loop
    const isGood = socket !== undefined && (await ask(socket, kind));
    asked += 1;
    if (!isGood || (kind === 'comesAndGoes' && asked % VISIT_REQUESTS === 0)) {
      socket?.destroy();
      socket = undefined;
    }
    // oxlint-disable-next-line no-await-in-loop
    await pause(about(PAUSES_MS[kind]));
  }
  socket?.destroy();
}

/** Of each twenty: sixteen, two, one, one. */
function kindOf(number: number): Kind {
  const place = number % 20;
  if (place < 16) return 'steady';
  if (place < 18) return 'comesAndGoes';
  return place === 18 ? 'streams' : 'sends';
}

/** Starts so many, a few at a time. */
async function start(count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    void live(kindOf(number));
    // oxlint-disable-next-line no-await-in-loop
    if (number % 50 === 49) await pause(20);
  }
}

answerParent(0, {
  start,
  stop: () => ending.abort(),
  sample: (): ClientSample => ({
    open,
    requests,
    opened,
    failed: Object.values(failures).reduce((sum, times) => sum + times, 0),
    failures,
  }),
});
