// A server that has fewer file descriptors than clients: it does not crash, it does not spin, and whoever waits is served.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PressureState } from '#src/server/index.js';
import { externalProgram } from '../support/external-program.ts';
import { RawConnection } from '../support/raw-client.ts';
import { ServerProcess } from './reloading/server-process.ts';

const FIXTURE = path.join(import.meta.dirname, 'fixtures/exhausted-server.js');
const prlimit = externalProgram('prlimit');
const CLIENTS = 100;
const DESCRIPTORS = 64;
/** How long the load of a server is measured that can do nothing for anybody. */
const MEASURED_MS = 1_500;

interface State {
  readonly held: number;
  readonly cpuMs: number;
  readonly pressure: PressureState;
}

class ExhaustedServer extends ServerProcess {
  static start(): ExhaustedServer {
    return new ExhaustedServer(process.execPath, [FIXTURE, prlimit.path, String(DESCRIPTORS)]);
  }

  async state(line = 'state'): Promise<State> {
    const offset = this.output.length;
    this.say(line);
    const [, json = ''] = await this.printed(/state (\{.*\})\n/, offset);
    return JSON.parse(json) as State;
  }
}

/** Connects and asks. Resolves when the kernel has taken the request, or RST came before. */
async function ask(port: number, target: string): Promise<RawConnection | undefined> {
  try {
    const connection = await RawConnection.open(port, { timeoutMs: 15_000 });
    connection.write(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
    return connection;
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET');
    return undefined;
  }
}

describe('a server with 64 file descriptors', { skip: prlimit.skip }, () => {
  test(
    'serves a hundred clients: most of those at once wait or are turned away, and nobody is lost',
    { timeout: 60_000 },
    async (context) => {
      await using server = ExhaustedServer.start();
      const port = Number((await server.printed(/port (\d+)\n/))[1]);
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => ask(port, '/hold')));
      // The last ones may still be on their way to be turned away.
      await sleep(200);
      const before = await server.state();
      await sleep(MEASURED_MS);
      const after = await server.state();
      const open = clients.filter((client) => client !== undefined && client.ending === undefined);
      const turnedAway = clients.length - open.length;
      const waiting = open.length - after.held;
      const cpuMs = after.cpuMs - before.cpuMs;
      context.diagnostic(
        `${after.held} served, ${waiting} wait, ${turnedAway} turned away; ${cpuMs.toFixed(0)} ms of CPU in ${MEASURED_MS} ms`,
      );
      assert.ok(after.held > 0 && waiting > 0 && turnedAway > 0);
      assert.ok(open.length < DESCRIPTORS);
      assert.ok(cpuMs < MEASURED_MS / 5, 'it does not spin');
      assert.equal(after.pressure.level, 'high');
      for (const client of clients) if (client?.ending !== undefined) assert.equal(client.ending, 'reset');
      await server.state('release');
      for (const client of open) assert.match(await client!.readUntil(/ok$/), /^HTTP\/1\.1 200 /);
      for (const client of clients) client?.destroy();
      // Whoever was turned away comes again.
      for (let i = 0; i < turnedAway; i += 1) {
        const client = await ask(port, '/');
        assert.match((await client?.readUntil(/ok$/)) ?? '', /^HTTP\/1\.1 200 /);
        client?.destroy();
      }
    },
  );

  test('gives idle connections up for those who want to ask', { timeout: 60_000 }, async () => {
    await using server = ExhaustedServer.start();
    const port = Number((await server.printed(/port (\d+)\n/))[1]);
    /** Asks until it is answered, and keeps the connection open until the server ends it. */
    const serveOne = async (): Promise<void> => {
      for (;;) {
        const client = await ask(port, '/');
        const answer = await client?.readUntil(/ok$/).catch(() => undefined);
        if (answer !== undefined) {
          await client!.readToEnding();
          client!.destroy();
          return;
        }
        client?.destroy();
        await sleep(100);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, serveOne));
  });
});
