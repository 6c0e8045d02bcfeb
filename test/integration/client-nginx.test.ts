// A session against a real nginx that is reloaded under load, that ends idle connections without a word, and that compresses.
import { describe, test } from 'node:test';
import { externalProgram } from '../support/external-program.ts';
import { NginxServer } from './reloading/nginx-server.ts';
import { RELOAD_TEST, surviveReloads } from './reloading/reload-under-load.ts';

const nginx = externalProgram('nginx');
const options = { ...nginx, ...RELOAD_TEST };

describe('nginx that is reloaded several times a second', () => {
  test('loses no request that may be repeated, and repeats no other', options, async (t) => {
    await using server = await NginxServer.start(nginx.path);
    await surviveReloads(t, server);
  });

  test('loses no request at all where the last byte is held back', options, async (t) => {
    await using server = await NginxServer.start(nginx.path);
    await surviveReloads(t, server, { holdBack: 'lastByte', failedPosts: 0 });
  });
});
