// A session against a real HAProxy that is reloaded under load.
import { describe, test } from 'node:test';
import { externalProgram } from '../support/external-program.ts';
import { HaproxyServer } from './reloading/haproxy-server.ts';
import { RELOAD_TEST, surviveReloads } from './reloading/reload-under-load.ts';

const haproxy = externalProgram('haproxy');
const options = { ...haproxy, ...RELOAD_TEST };

describe('HAProxy that is reloaded several times a second', () => {
  test('loses no request that may be repeated, and repeats no other', options, async (t) => {
    await using server = await HaproxyServer.start(haproxy.path);
    await surviveReloads(t, server);
  });
});
