// A session against servers on Node.js that are replaced under load: node:http, and perdura's own.
import { describe, test } from 'node:test';
import { RELOAD_TEST, surviveReloads } from './reloading/reload-under-load.ts';
import { ScriptServer } from './reloading/script-server.ts';

describe('a server of node:http that is closed and replaced several times a second', () => {
  test('loses no request that may be repeated, and repeats no other', RELOAD_TEST, async (t) => {
    await using server = await ScriptServer.start({ kind: 'node', keepAliveTimeoutMs: 1_000 });
    await surviveReloads(t, server);
  });
});

describe('a server of perdura that is drained and replaced several times a second', () => {
  test('loses no request at all', RELOAD_TEST, async (t) => {
    await using server = await ScriptServer.start({ kind: 'perdura', keepAliveTimeoutMs: 1_000 });
    await surviveReloads(t, server, { failedPostShare: 0 });
  });
});
