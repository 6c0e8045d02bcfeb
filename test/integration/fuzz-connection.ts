// One connection of the fuzzer: sends its requests in random pieces, checks the answers of the valid ones, and waits for its end.
import { once } from 'node:events';
import net from 'node:net';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { GeneratedRequest } from './generate-requests.ts';
import type { Random } from './random.ts';
import { AnswerReader } from './read-answers.ts';

/** How the client ends the connection: after the answers, with FIN behind its last byte, or with RST somewhere. */
export type ClientEnding = 'afterAnswers' | 'halfClose' | 'reset';

/** What one connection came to. */
export interface FuzzResult {
  /** Answers of valid requests that were right. */
  readonly checkedAnswers: number;
  /** What must not be; undefined where all is well. */
  readonly defect: string | undefined;
}

/** Much longer than the longest way to the end, which is a timeout of the server, then lingering. A busy machine is not a hang. */
const DEADLINE_MS = 40_000;

/** Cuts the bytes into pieces, some of them a single byte long. */
function cut(random: Random, bytes: string): string[] {
  const longest = random.pick([1, 7, 60, 1_000, 20_000]);
  const pieces: string[] = [];
  // Byte by byte only so far: a long body in single bytes finds nothing new.
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random.below(pieces.length > 500 ? 20_000 : longest);
    pieces.push(bytes.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** See the head of the file. Never rejects. */
export async function fuzzConnection(
  port: number,
  random: Random,
  requests: readonly GeneratedRequest[],
  ending: ClientEnding,
): Promise<FuzzResult> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  const reader = new AnswerReader();
  // Behind a request that may be broken, and behind one that ends the connection, nothing is certain.
  const uncertain = requests.findIndex(({ expected }) => expected === undefined || expected.closes);
  const expected = requests
    .slice(0, uncertain === -1 ? requests.length : uncertain + 1)
    .flatMap((request) => request.expected ?? []);
  const allKnown = uncertain === -1 || requests[uncertain]!.expected !== undefined;
  let checkedAnswers = 0;
  let defect: string | undefined;
  let serverEnded = false;
  const check = (): void => {
    try {
      while (checkedAnswers < expected.length) {
        const wanted = expected[checkedAnswers]!;
        const answer = reader.next(wanted.isHead, serverEnded);
        if (answer === undefined) break;
        const body = wanted.isHead ? '' : wanted.body;
        // Whoever has sent FIN is told with the last answer that nothing follows.
        const mayClose = wanted.closes || (ending === 'halfClose' && checkedAnswers === expected.length - 1);
        if (
          answer.status !== wanted.status ||
          (body !== undefined && answer.body !== body) ||
          (answer.closes !== wanted.closes && !mayClose)
        ) {
          defect ??= `wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(answer)}`;
        }
        checkedAnswers += 1;
      }
      if (checkedAnswers === expected.length && allKnown && ending === 'afterAnswers') socket.end();
    } catch (error) {
      defect ??= String(error);
      socket.destroy();
    }
  };
  const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  socket.on('data', (bytes: Buffer) => {
    reader.push(bytes.toString('latin1'));
    check();
  });
  socket.on('end', () => {
    serverEnded = true;
    check();
    socket.end();
  });
  let wasReset = false;
  socket.on('error', () => {
    wasReset = true;
  });
  const deadline = setTimeout(() => {
    defect ??= `no end within ${DEADLINE_MS} ms`;
    socket.destroy();
  }, DEADLINE_MS);
  try {
    await once(socket, 'connect');
    const pieces = cut(random, requests.map(({ bytes }) => bytes).join(''));
    const resetAt = ending === 'reset' ? random.below(pieces.length + 1) : Infinity;
    for (const [index, piece] of pieces.entries()) {
      if (index === resetAt || serverEnded || wasReset) break;
      if (socket.writable) socket.write(piece, 'latin1');
      if (random.chance(50)) await endOfTurn();
    }
    if (ending === 'reset') socket.resetAndDestroy();
    else if (ending === 'halfClose') socket.end();
    await closed;
  } catch (error) {
    defect ??= `could not connect: ${String(error)}`;
  } finally {
    clearTimeout(deadline);
    socket.destroy();
  }
  if (defect === undefined && ending !== 'reset' && checkedAnswers < expected.length) {
    defect = `${checkedAnswers} of ${expected.length} answers${wasReset ? ', then a reset' : ''}`;
  }
  if (defect === undefined && ending !== 'reset' && allKnown && uncertain === -1 && reader.rest !== '') {
    defect = `bytes behind the last answer: ${JSON.stringify(reader.rest.slice(0, 200))}`;
  }
  return { checkedAnswers, defect };
}
