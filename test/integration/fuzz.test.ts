// Feeds a running server generated and mutated requests, in a process of its own, and looks at what is left of it.
// PERDURA_FUZZ_SEED repeats a run; the seed is printed, and each connection's seed is derived from it.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Measurement } from './fixtures/fuzz-target.ts';
import { fuzzConnection } from './fuzz-connection.ts';
import type { ClientEnding } from './fuzz-connection.ts';
import { generateBroken, generateValid } from './generate-requests.ts';
import type { GeneratedRequest } from './generate-requests.ts';
import { Random } from './random.ts';

const REQUESTS = 20_000;
const SOCKETS = 64;
const MOST_PER_CONNECTION = 20;

/**
 * What the process may hold more after the last three quarters than after the first. A leak of 100 bytes for each request or of
 * 1 KiB for each connection would show in the heap; the resident set also counts what the allocator keeps for reuse.
 */
const HEAP_MARGIN_BYTES = 1_048_576;
const RSS_MARGIN_BYTES = 24 * 1_048_576;

const seed = Number(process.env['PERDURA_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Seeds that are near each other shall not share connections. */
const mixed = Math.imul(seed, 2_654_435_761) >>> 0;
const TIMEOUT = { timeout: 110_000 };

let child: ChildProcess;
let port = 0;
let errors = '';
before(async () => {
  const script = fileURLToPath(new URL('fixtures/fuzz-target.js', import.meta.url));
  child = fork(script, { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  [port] = (await once(child, 'message')) as [number];
});
after(() => child.kill('SIGKILL'));

async function measure(): Promise<Measurement> {
  assert.equal(child.exitCode, null, errors);
  child.send('measure');
  const [measurement] = (await once(child, 'message')) as [Measurement];
  return measurement;
}

/** The server notices the end of the last connections a moment after their clients do. */
async function measureWhenQuiet(): Promise<Measurement> {
  for (;;) {
    const measurement = await measure();
    if (measurement.connections === 0) return measurement;
  }
}

interface Plan {
  readonly seed: number;
  readonly requests: readonly GeneratedRequest[];
}

/** The requests of one connection: valid ones, and among them, for half of the connections, some that are broken. */
function planConnection(connectionSeed: number, firstNumber: number, most: number): Plan {
  const random = new Random(connectionSeed);
  const mayBreak = random.chance(50);
  const requests = Array.from({ length: 1 + random.below(most) }, (_, index) =>
    mayBreak && random.chance(25)
      ? generateBroken(random, firstNumber + index)
      : generateValid(random, firstNumber + index),
  );
  return { seed: connectionSeed, requests };
}

/** Where requests may be broken, only some clients wait for the server to end the connection: it may have to wait for a timeout. */
function pickEnding(random: Random, requests: readonly GeneratedRequest[]): ClientEnding {
  const allValid = requests.every(({ expected }) => expected !== undefined);
  if (allValid || random.chance(10)) return random.pick(['afterAnswers', 'halfClose', 'reset'] as const);
  return random.pick(['halfClose', 'halfClose', 'reset'] as const);
}

/** Sends `count` requests over at most SOCKETS connections at a time. */
async function fuzz(
  firstSeed: number,
  count: number,
): Promise<{ checked: number; connections: number; defects: string[] }> {
  let planned = 0;
  let connections = 0;
  let checked = 0;
  const defects: string[] = [];
  const work = async (): Promise<void> => {
    while (planned < count && defects.length < 5) {
      const plan = planConnection(firstSeed + connections, planned, Math.min(MOST_PER_CONNECTION, count - planned));
      connections += 1;
      planned += plan.requests.length;
      const random = new Random(plan.seed + 1);
      const ending = pickEnding(random, plan.requests);
      const result = await fuzzConnection(port, random, plan.requests, ending);
      checked += result.checkedAnswers;
      if (result.defect === undefined) continue;
      const bytes = plan.requests
        .slice(result.checkedAnswers)
        .map((request) => request.bytes)
        .join('');
      defects.push(`connection seed ${plan.seed}, ${ending}: ${result.defect}\n${JSON.stringify(bytes.slice(0, 600))}`);
    }
  };
  await Promise.all(Array.from({ length: SOCKETS }, work));
  return { checked, connections, defects };
}

describe(`fuzzing with PERDURA_FUZZ_SEED=${seed}`, () => {
  let early: Measurement;

  test('a quarter of the requests: every valid one is answered, every connection ends', TIMEOUT, async (t) => {
    const { checked, connections, defects } = await fuzz(mixed, REQUESTS / 4);
    assert.equal(errors, '', `seed ${seed}`);
    assert.deepEqual(defects, [], `seed ${seed}`);
    early = await measureWhenQuiet();
    assert.deepEqual(early.unexpectedErrors, []);
    t.diagnostic(
      `${connections} connections, ${checked} answers checked, heap ${early.heapBytes}, rss ${early.rssBytes}`,
    );
  });

  test('the rest of them leaves neither connections nor memory behind', TIMEOUT, async (t) => {
    const { checked, connections, defects } = await fuzz(mixed + 1_000_000, (REQUESTS / 4) * 3);
    assert.equal(errors, '', `seed ${seed}`);
    assert.deepEqual(defects, [], `seed ${seed}`);
    assert.ok(checked > REQUESTS / 4, `${checked} answers checked`);
    const late = await measureWhenQuiet();
    assert.deepEqual(late.unexpectedErrors, []);
    t.diagnostic(
      `${connections} connections, ${checked} answers checked, heap ${late.heapBytes}, rss ${late.rssBytes}`,
    );
    assert.ok(late.heapBytes - early.heapBytes < HEAP_MARGIN_BYTES, `heap ${early.heapBytes} → ${late.heapBytes}`);
    assert.ok(late.rssBytes - early.rssBytes < RSS_MARGIN_BYTES, `rss ${early.rssBytes} → ${late.rssBytes}`);
  });

  test('afterwards an ordinary request is served as ever, and the process has not said a word', TIMEOUT, async () => {
    const response = await fetch(`http://127.0.0.1:${port}/echo/7`, { method: 'POST', body: 'hello' });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '7 hello');
    assert.equal(child.exitCode, null);
    assert.equal(errors, '');
  });
});
