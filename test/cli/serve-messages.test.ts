// What `perdura serve` tells people: policy, start, draining, report, errors of handlers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPalette } from '#src/cli/color.js';
import { describeConnectionPolicy, resolveConnectionPolicy } from '#src/cli/serve/connection-policy.js';
import { formatHandlerError } from '#src/cli/serve/handler-error.js';
import { derive, describePath, formatServeWarning } from '#src/cli/serve/path-flags.js';
import { formatCloseReport, formatDraining, formatStopReport } from '#src/cli/serve/shutdown-message.js';
import { formatStartMessage } from '#src/cli/serve/start-message.js';
import { formatWorkersEvent } from '#src/cli/serve/workers-message.js';
import type { ConnectionInfo } from '#src/trace.js';
import type { WorkersEvent } from '#src/workers/index.js';

const TYPED = { keepAlive: true, maxKeepAliveRequests: Infinity, keepAliveTimeoutMs: 65_000 };

const connectionOf = (id: number, state: ConnectionInfo['state']): ConnectionInfo => ({
  id,
  state,
  protocol: 'http/1.1',
  requests: id,
  ageMs: 61_000,
  idleMs: 0,
  remote: `203.0.113.5:${4_000 + id}`,
});

test('the policy is told as what is advertised, what is really waited, and how many answers a connection gets', () => {
  for (const [changes, sentence] of [
    [
      {},
      'Connections stay open for 65 s after each answer (advertised as Keep-Alive: timeout=65; the server waits 68.25 s), any number of requests each.',
    ],
    [
      { keepAliveTimeoutMs: 5_500, maxKeepAliveRequests: 100 },
      'Connections stay open for 5.5 s after each answer (advertised as Keep-Alive: timeout=5; the server waits 6.5 s), at most 100 answers each; the last one says Connection: close.',
    ],
    [
      { keepAliveTimeoutMs: 500, maxKeepAliveRequests: 1 },
      'Connections stay open for 500 ms after each answer (advertised as Keep-Alive: timeout=1; the server waits 2 s), but get one answer each, which says Connection: close.',
    ],
    [
      { keepAlive: false },
      'Keep-alive is off: every answer says Connection: close, and every request costs a new connection.',
    ],
  ] as const) {
    assert.equal(describeConnectionPolicy(resolveConnectionPolicy({ ...TYPED, ...changes })), sentence);
  }
});

test('a keep-alive timeout of 0 switches keep-alive off and leaves a timeout that the server accepts', () => {
  const policy = resolveConnectionPolicy({ ...TYPED, keepAliveTimeoutMs: 0 });
  assert.equal(policy.keepAlive, false);
  assert.equal(policy.keepAliveTimeoutMs, 65_000);
});

const NOTHING = { durationMs: 0, open: 0, opened: 0, closed: 0, requests: 0 };
const NO_PHASES = { lameDuck: NOTHING, draining: NOTHING };

const startMessageOf = (changes: Partial<Parameters<typeof formatStartMessage>[0]>): string =>
  formatStartMessage(
    {
      url: 'http://127.0.0.1:8080/',
      folder: '/srv/site',
      policy: resolveConnectionPolicy(TYPED),
      openConnections: 20_000,
      drainMs: 30_000,
      accessLog: undefined,
      ...changes,
    },
    Infinity,
    createPalette(false),
  );

test('the start message begins with the URL and shows how to see a connection being re-used', () => {
  const message = startMessageOf({});
  assert.match(message, /^perdura serves http:\/\/127\.0\.0\.1:8080\/\n/);
  assert.match(message, /^ {2}Folder {6}\/srv\/site$/m);
  assert.match(message, /curl -v http:\/\/127\.0\.0\.1:8080\/ http:\/\/127\.0\.0\.1:8080\/$/m);
  assert.match(message, /look for "Re-using existing connection"/);
  assert.match(message, /up to 20,000 open connections/);
  assert.match(message, /Access log {2}none; --access-log FILE/);
});

test('where no connection is re-used the start message does not promise it', () => {
  for (const changes of [{ keepAlive: false }, { maxKeepAliveRequests: 1 }]) {
    const message = startMessageOf({ policy: resolveConnectionPolicy({ ...TYPED, ...changes }) });
    assert.doesNotMatch(message, /Re-using/);
    assert.match(message, /look for "Connection: close"/);
  }
});

test('the start message names the access log', () => {
  assert.match(startMessageOf({ accessLog: 'a.log' }), /Access log {2}a\.log; equal conn=/);
  assert.match(startMessageOf({ accessLog: '-' }), /Access log {2}here; equal conn=/);
});

test('draining tells how many connections there are and how many have a request under way', () => {
  const connections = [connectionOf(1, 'idle'), connectionOf(2, 'active'), connectionOf(3, 'opened')];
  assert.equal(
    formatDraining(connections, 30_000, 'Ctrl-C again'),
    'Draining: 3 connections, 1 request under way, at most 30 s; Ctrl-C again ends at once\n',
  );
});

test('the report names whoever held on until the deadline', () => {
  assert.equal(
    formatCloseReport({ ...NO_PHASES, durationMs: 1_200, closed: 1, destroyed: [] }),
    'Ended after 1.2 s: 1 connection closed in order, none broken off\n',
  );
  assert.equal(
    formatCloseReport({ ...NO_PHASES, durationMs: 30_000, closed: 3, destroyed: [connectionOf(2, 'active')] }),
    'Ended after 30 s: 3 connections closed in order, 1 broken off because it held on until the deadline:\n' +
      '  conn=2 203.0.113.5:4002: active, 2 requests, open for 61 s\n',
  );
  assert.match(
    formatCloseReport({
      ...NO_PHASES,
      durationMs: 30_000,
      closed: 0,
      destroyed: [connectionOf(1, 'idle'), connectionOf(2, 'idle')],
    }),
    /, 2 broken off because they held on until the deadline:\n/,
  );
});

test('the report tells what each phase came to, where it took any time', () => {
  const report = { durationMs: 6_500, closed: 4, destroyed: [] };
  const lameDuck = { durationMs: 5_000, open: 3, opened: 2, closed: 4, requests: 40 };
  const draining = { durationMs: 1_500, open: 1, opened: 0, closed: 1, requests: 1 };
  assert.equal(
    formatCloseReport({ ...report, lameDuck, draining }),
    'Ended after 6.5 s: 4 connections closed in order, none broken off\n' +
      '  while connections were still accepted, 5 s: 40 requests, 3 connections at first, 2 new, 4 ended\n' +
      '  after that, 1.5 s: 1 request, 1 connection at first, 0 new, 1 ended\n',
  );
  assert.doesNotMatch(formatCloseReport({ ...report, lameDuck: NOTHING, draining }), /still accepted/);
});

test('the start message tells what is in front, what follows from it, and where checks are answered', () => {
  const flags = {
    behind: ['aws-alb', 90_000],
    readiness: '/readyz',
    liveness: undefined,
    lameDuckMs: undefined,
    drainMs: undefined,
    keepAlive: true,
    keepAliveTimeoutMs: undefined,
  };
  const message = startMessageOf({ path: describePath(flags, derive(flags)) });
  assert.match(message, /^ {2}Behind {6}aws-alb → 90 s$/m);
  assert.match(
    message,
    /idle timeout 95 s: The proxy \(90 s\) keeps idle connections for 90 s and sends the requests on them/,
  );
  assert.match(message, /^ {2}Health {6}\/readyz fails as soon as it is told to stop$/m);
  assert.deepEqual(describePath({ ...flags, behind: [], readiness: undefined }, derive({ ...flags, behind: [] })), []);
});

test('a warning is one line that names the flag to change and what to write', () => {
  assert.equal(
    formatServeWarning({ option: 'keepAliveTimeoutMs', level: 'bad', message: 'Too short.', wantedMs: 65_000 }),
    'warning: --keep-alive-timeout: Too short. (--keep-alive-timeout 65s)\n',
  );
  assert.equal(
    formatServeWarning({ option: 'behind', level: 'hint', message: 'Unknown.' }),
    'warning: --behind: Unknown.\n',
  );
});

test('an error of a handler is one line with time, method, path and stack, and no secret of the request', () => {
  const error = new Error('first\nsecond \u001b[31m\u202e', { cause: new Error('deeper') });
  const request = { method: 'POST', url: 'http://127.0.0.1/items?token=secret' };
  const line = formatHandlerError(error, request, Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  assert.match(
    line,
    /^2026-01-02T03:04:05\.678Z POST \/items: Error: first \| second \\u\{1b\}\[31m\\u\{202e\} \| at /,
  );
  assert.match(line, / \| caused by Error: deeper \| at /);
  assert.doesNotMatch(line, /secret|[\p{Cc}\u202e]/u);
});

test('a handler may throw anything, and a circle of causes ends', () => {
  const error = new Error('round');
  error.cause = error;
  const request = { method: 'GET', url: 'not a URL' };
  assert.match(formatHandlerError(error, request, 0), /round/);
  assert.equal(formatHandlerError('text', request, 0), '1970-01-01T00:00:00.000Z GET (no path): text');
});

test('the start message tells the workers and their processes, and that limits hold for each', () => {
  const workers = [1, 2].map((worker) => ({ worker, pid: 100 + worker, generation: 1, phase: 'ready' as const }));
  const message = startMessageOf({ workers });
  assert.match(message, /^ {2}Workers {5}2, which share the port: workers 1 \(pid 101\) and 2 \(pid 102\); SIGHUP/m);
  assert.match(message, /up to 20,000 open connections in each worker;/);
});

test('the report of workers names connections as the access log does, and workers without a report', () => {
  const report = {
    durationMs: 30_000,
    closed: 3,
    destroyed: [{ ...connectionOf(2, 'active'), worker: 4 }],
    unreported: [5],
  };
  assert.match(
    formatStopReport(report),
    /\n {2}conn=4\.2 203\.0\.113\.5:4002: active, .*\n {2}worker 5 ended without a report\n$/,
  );
});

test('of workers is said what somebody should know, and nothing twice', () => {
  const who = { worker: 3, pid: 9 };
  const said = (event: WorkersEvent): string | undefined => {
    const line = formatWorkersEvent(event);
    return line === undefined ? undefined : `${line.isTrouble ? 'trouble: ' : ''}${line.text}`;
  };
  assert.equal(said({ type: 'started', ...who, because: 'reload' }), undefined);
  assert.equal(said({ type: 'ready', ...who, startMs: 320 }), 'Worker 3 (pid 9) is ready after 320 ms\n');
  assert.equal(said({ type: 'draining', ...who, because: 'stopping' }), undefined);
  assert.equal(said({ type: 'draining', ...who, because: 'replaced' }), 'Worker 3 (pid 9) is replaced; it drains\n');
  const ended = { type: 'ended', ...who, how: 'with exit code 1', message: undefined } as const;
  assert.equal(said({ ...ended, phase: 'draining', expected: true }), 'Worker 3 (pid 9) has ended\n');
  assert.equal(said({ ...ended, phase: 'killed', expected: true }), undefined);
  assert.equal(
    said({ ...ended, phase: 'starting', expected: false, message: 'no folder' }),
    'trouble: Worker 3 (pid 9) ended with exit code 1 before it was ready: no folder\n',
  );
  assert.equal(said({ type: 'restartDelayed', worker: 3, delayMs: 100, failures: 1 }), undefined);
  assert.equal(
    said({ type: 'restartDelayed', worker: 3, delayMs: 400, failures: 3 }),
    'trouble: Workers fail (3 in a row): the next one is started in 400 ms\n',
  );
  assert.equal(
    said({ type: 'reloadFailed', worker: 3, reason: 'it ended' }),
    'trouble: SIGHUP: worker 3 failed, so the workers of before stay: it ended\n',
  );
});
