// A session against a real Apache that is restarted gracefully under load.
import { describe, test } from 'node:test';
import { externalProgram } from '../support/external-program.ts';
import { ApacheServer } from './reloading/apache-server.ts';
import { RARE, RELOAD_TEST, surviveReloads } from './reloading/reload-under-load.ts';

const apache = externalProgram('apache2');
const options = { ...apache, ...RELOAD_TEST };

describe('Apache that is restarted gracefully several times a second', () => {
  test('loses no request that may be repeated, and repeats no other', options, async (t) => {
    await using server = await ApacheServer.start(apache.path);
    await surviveReloads(t, server, { holdBack: 'never' });
  });

  test('hardly loses any request where the last byte of the others is held back', options, async (t) => {
    await using server = await ApacheServer.start(apache.path);
    await surviveReloads(t, server, { holdBack: 'lastByte', failedPostShare: RARE });
  });
});
