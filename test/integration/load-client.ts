// Keep-alive clients that obey the server: they reuse a connection as long as it was not announced closed, take a new one after that,
// and stop when new ones are refused. What they count as lost is a request that a server which keeps its word would have answered.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { AnswerReader } from './read-answers.ts';

/** What one client came to. */
export interface LoadResult {
  readonly answered: number;
  readonly connections: number;
  /** How often an answer announced the end of the connection. */
  readonly announced: number;
  /** Requests that were sent on a connection that had not been announced closed, and were not answered whole with 200. */
  readonly lost: readonly string[];
}

interface Tally {
  answered: number;
  connections: number;
  announced: number;
  lost: string[];
}

/** What a client asks for, and whom it tells of each answer. */
export interface LoadOptions {
  readonly url: URL;
  readonly expectedBody: string;
  /** Called with the number of answers that this client has. */
  readonly onAnswer: (answered: number) => void;
}

const startTally = (): Tally => ({ answered: 0, connections: 0, announced: 0, lost: [] });

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException | undefined)?.code;

/** How one connection of a raw client ended. */
type ConnectionEnd = 'announced' | 'refused' | 'lost';

/**
 * A client over raw sockets that keeps `depth` requests on the way. Those behind an answer with `Connection: close` are sent again
 * on the next connection: RFC 9112 §9.6 says that the server did not process them.
 */
export async function runRawClient(options: LoadOptions, depth: number): Promise<LoadResult> {
  const tally = startTally();
  while ((await useConnection(options, depth, tally)) === 'announced');
  return tally;
}

async function useConnection(options: LoadOptions, depth: number, tally: Tally): Promise<ConnectionEnd> {
  const { url, expectedBody, onAnswer } = options;
  const socket = net.connect(Number(url.port), url.hostname);
  const reader = new AnswerReader();
  const request = `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`;
  let onTheWay = 0;
  let answeredHere = 0;
  let announced = false;
  let failure: Error | undefined;
  const send = (): void => {
    const count = depth - onTheWay;
    onTheWay = depth;
    socket.write(request.repeat(count));
  };
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('connect', () => {
    tally.connections += 1;
    send();
  });
  socket.on('data', (bytes: Buffer) => {
    reader.push(bytes.toString('latin1'));
    for (let answer = reader.next(false, false); answer !== undefined; answer = reader.next(false, false)) {
      if (announced) tally.lost.push('an answer behind the one that announced the end');
      if (answer.status !== 200 || answer.body !== expectedBody) tally.lost.push(`a wrong answer: ${answer.status}`);
      onTheWay -= 1;
      answeredHere += 1;
      tally.answered += 1;
      onAnswer(tally.answered);
      announced = answer.closes;
    }
    if (!announced && onTheWay === 0) send();
  });
  await once(socket, 'close').catch(() => {});
  socket.destroy();
  if (announced) {
    tally.announced += 1;
    return 'announced';
  }
  // A kernel resets connections that the server never accepted when it stops to listen: that is how it refuses them.
  const isFresh = answeredHere === 0 && reader.rest === '';
  if (isFresh && (codeOf(failure) === 'ECONNREFUSED' || codeOf(failure) === 'ECONNRESET')) return 'refused';
  tally.lost.push(`${answeredHere} answers, ${onTheWay} requests on the way, then ${failure?.message ?? 'FIN'}`);
  return 'lost';
}

/** A client over an Agent of node:http with one connection at a time. */
export async function runAgentClient(options: LoadOptions): Promise<LoadResult> {
  const { url, expectedBody, onAnswer } = options;
  const tally = startTally();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (;;) {
    const request = http.get(url, { agent });
    try {
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      const body = (await response.toArray()).map(String).join('');
      if (response.statusCode !== 200 || body !== expectedBody)
        tally.lost.push(`a wrong answer: ${response.statusCode}`);
      tally.answered += 1;
      onAnswer(tally.answered);
      if (!request.reusedSocket) tally.connections += 1;
      if (response.headers.connection === 'close') tally.announced += 1;
    } catch (error) {
      const isRefused = codeOf(error) === 'ECONNREFUSED';
      // "socket hang up", a FIN instead of an answer, has the same code; a real reset has the name of its system call, too.
      const { syscall } = error as NodeJS.ErrnoException;
      const wasNeverAccepted = codeOf(error) === 'ECONNRESET' && ['connect', 'read', 'write'].includes(syscall ?? '');
      if (!isRefused && (request.reusedSocket || !wasNeverAccepted)) {
        tally.lost.push(`${request.reusedSocket ? 'reused' : 'fresh'} connection: ${String(error)}`);
      }
      agent.destroy();
      return tally;
    }
  }
}
