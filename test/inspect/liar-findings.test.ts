// What is found of servers that lie: each is called by its name, in bounded time.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { inspect } from '#src/inspect/index.js';
import type { FindingId, InspectOptions } from '#src/inspect/index.js';
import { plainAnswer, startRawServer } from './raw-server.ts';
import type { OnRequest, RawConnection } from './raw-server.ts';
import { drip } from './slow-writers.ts';

interface Liar {
  readonly name: string;
  readonly onRequest: OnRequest;
  readonly onOpen?: (connection: RawConnection) => void;
  readonly found: FindingId;
  readonly options: InspectOptions;
  /** No inspection of it may last longer, also on a machine that is busy. */
  readonly longestMs: number;
}

const KEEP = 'Connection: keep-alive\r\n';

/** A body that names its path, so that answers can be told apart; HEAD gets the same without it. */
function answerOf(head: string): string {
  const [method = '', path = ''] = head.split(' ');
  const body = `this is ${path}\n`;
  const answer = plainAnswer(body);
  return method === 'HEAD' ? answer.slice(0, -body.length) : answer;
}

/** Answers what came in one read the last first. */
function answerBackwards(): OnRequest {
  const waiting = new Map<Socket, string[]>();
  return (head, { socket }) => {
    const answers = waiting.get(socket) ?? [];
    waiting.set(socket, answers);
    answers.push(answerOf(head));
    if (answers.length > 1) return;
    setImmediate(() => {
      waiting.delete(socket);
      socket.write(answers.toReversed().join(''));
    });
  };
}

const LIARS: readonly Liar[] = [
  {
    name: 'promises 10 s and closes after 3',
    onRequest: (_head, { socket }) => {
      socket.write(plainAnswer('ok\n', `${KEEP}Keep-Alive: timeout=10\r\n`));
      socket.setTimeout(3_000, () => socket.end());
    },
    found: 'idle-shorter-than-advertised',
    options: { only: ['idle-timeout'], maxWaitMs: 11_000 },
    longestMs: 8_000,
  },
  {
    name: 'closes after each answer without a word',
    onRequest: (_head, { socket }) => socket.end(plainAnswer()),
    found: 'closes-without-announcing',
    options: { maxWaitMs: 500, responseTimeoutMs: 1_000 },
    longestMs: 20_000,
  },
  {
    name: 'closes after the seventh answer without a word',
    onRequest: (_head, { socket, requests }) =>
      requests < 7 ? socket.write(plainAnswer()) : socket.end(plainAnswer()),
    found: 'last-answer-unannounced',
    options: { only: ['request-limit'] },
    longestMs: 10_000,
  },
  {
    name: 'answers pipelined requests out of order',
    onRequest: answerBackwards(),
    found: 'answers-out-of-order',
    options: { only: ['pipelining'], responseTimeoutMs: 1_000 },
    longestMs: 20_000,
  },
  {
    name: 'never answers',
    onRequest: () => {},
    found: 'no-answer',
    options: { responseTimeoutMs: 500 },
    longestMs: 4_000,
  },
  {
    name: 'sends garbage',
    onRequest: (_head, { socket }) => socket.write('\x00\x16\x03\r\n\r\nwhatever'),
    found: 'malformed-answer',
    options: { responseTimeoutMs: 500 },
    longestMs: 4_000,
  },
  {
    name: 'drips one byte a second',
    onRequest: (_head, { socket }) => drip(socket, plainAnswer(), 1_000),
    found: 'answer-too-slow',
    options: { responseTimeoutMs: 2_500 },
    longestMs: 8_000,
  },
  {
    name: 'resets what it accepts',
    onRequest: () => {},
    onOpen: ({ socket }) => socket.resetAndDestroy(),
    found: 'reset-without-answer',
    options: { responseTimeoutMs: 500 },
    longestMs: 4_000,
  },
  {
    name: 'closes what it accepts',
    onRequest: () => {},
    onOpen: ({ socket }) => socket.end(),
    found: 'closed-without-answer',
    options: { responseTimeoutMs: 500 },
    longestMs: 4_000,
  },
];

describe('a server that', { concurrency: true }, () => {
  for (const { name, onRequest, onOpen, found, options, longestMs } of LIARS) {
    test(`${name} is found out: ${found}`, async () => {
      await using server = await startRawServer(onRequest, onOpen);
      const report = await inspect(server.url, options);
      const ids = report.findings.map(({ id }) => id);
      assert.ok(ids.includes(found), ids.join(', '));
      assert.equal(report.verdict, 'bad');
      assert.ok(report.durationMs < longestMs, `${report.durationMs} ms`);
    });
  }
});
