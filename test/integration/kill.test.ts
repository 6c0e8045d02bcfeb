// The server is told to stop in the middle of load, as every deployment does, and no request is lost.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PerduraProcess } from '../cli/perdura-process.ts';
import { runAgentClient, runRawClient } from './load-client.ts';
import type { LoadResult } from './load-client.ts';

const CLIENTS = 40;
const ROUNDS = 5;
/** Answers that every client has before the signal. Whether it is then waiting, sending or idle is chance, which is the point. */
const ANSWERS_BEFORE = 10;
const LIMIT = { timeout: 60_000 };
const BODY = 'the same in every answer\n';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perdura-kill-'));
  await writeFile(path.join(folder, 'index.html'), BODY);
});
after(() => rm(folder, { recursive: true }));

const startServer = (): PerduraProcess => new PerduraProcess(['serve', folder, '--port', '0']);

interface Load {
  /** Resolves when every client has had some answers. */
  readonly running: Promise<void>;
  readonly results: Promise<LoadResult[]>;
}

function startLoad(url: URL, depth: number): Load {
  let warmingUp = CLIENTS;
  let start = (): void => {};
  const running = new Promise<void>((resolve) => {
    start = resolve;
  });
  const onAnswer = (answered: number): void => {
    if (answered !== ANSWERS_BEFORE) return;
    warmingUp -= 1;
    if (warmingUp === 0) start();
  };
  const options = { url, expectedBody: BODY, onAnswer };
  const clients = Array.from({ length: CLIENTS }, (_, index) =>
    // Half of the clients are those that most programs on Node.js have.
    depth === 1 && index % 2 === 0 ? runAgentClient(options) : runRawClient(options, depth),
  );
  return { running, results: Promise.all(clients) };
}

for (const { name, depth } of [
  { name: 'forty keep-alive clients', depth: 1 },
  { name: 'forty clients that pipeline eight deep', depth: 8 },
]) {
  describe(`SIGTERM under the load of ${name}`, () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      test(`loses no request, and the exit code is 0 (round ${round} of ${ROUNDS})`, LIMIT, async (t) => {
        await using perdura = startServer();
        const load = startLoad(await perdura.url(), depth);
        await load.running;
        perdura.send('SIGTERM');
        const results = await load.results;
        const { code, stdout, stderr } = await perdura.result;
        assert.deepEqual(
          results.flatMap(({ lost }) => lost),
          [],
        );
        assert.equal(stderr, '');
        assert.equal(code, 0, stdout);
        assert.match(stdout, /none broken off\n/);
        const sum = (key: 'answered' | 'connections' | 'announced'): number =>
          results.reduce((total, result) => total + result[key], 0);
        t.diagnostic(`${sum('answered')} answers, ${sum('connections')} connections, ${sum('announced')} announced`);
        // Every client reused its connection until the signal, and was told of its end.
        assert.ok(results.every(({ answered, connections }) => answered > connections));
        assert.ok(results.every(({ announced }) => announced > 0));
      });
    }
  });
}

describe('two signals', () => {
  for (const depth of [1, 8]) {
    test(`SIGINT twice under load ends at once (pipelining ${depth})`, LIMIT, async () => {
      await using perdura = startServer();
      const load = startLoad(await perdura.url(), depth);
      await load.running;
      perdura.send('SIGINT');
      await perdura.printed(/Draining: /);
      perdura.send('SIGINT');
      const { code } = await perdura.result;
      // Where nobody was left to wait for, the first signal may have ended it in order.
      assert.ok(code === 130 || code === 0, `exit code ${code}`);
      await load.results;
    });
  }
});
