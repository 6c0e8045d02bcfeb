// The walk itself: what a server on loopback does in each case. docs/http2.md has the same table.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { serve } from '#src/server/index.js';
import type { Server } from '#src/server/index.js';
import { RawHttp2Client } from '../raw-http2-client.ts';
import { DEFINITION_CASES } from './definitions.ts';
import { FRAME_CASES } from './frames.ts';
import { MESSAGE_CASES } from './messages.ts';
import { expectedOutcomes, tellOutcome } from './walk.ts';

const MAJOR_VERSION = Number.parseInt(process.versions.node, 10);

describe('a client that', () => {
  let server: Server;
  before(async () => {
    server = await serve({
      port: 0,
      http2: { maxConcurrentStreams: 3 },
      handler: async (request) => {
        if (request.url.endsWith('/held')) await new Promise(() => {});
        const seen = request.headers.get('x-test') ?? '';
        return { body: `${request.method} ${(await request.text()).length}${seen}` };
      },
    });
  });
  after(() => server.destroy());

  for (const sectionCase of [...FRAME_CASES, ...DEFINITION_CASES, ...MESSAGE_CASES]) {
    const { section, does, run, settings, hello } = sectionCase;
    const expected = expectedOutcomes(sectionCase, MAJOR_VERSION);
    test(`${does} (${section}): ${expected[0]}`, async () => {
      const client = await RawHttp2Client.open(server.port, { hello: hello ?? true, ...(settings && { settings }) });
      try {
        await run(client);
        const outcome = await tellOutcome(client);
        assert.ok(expected.includes(outcome), `${outcome}, not ${expected.join(' or ')}\n${client.story}`);
        // Node.js 20 may say GOAWAY and leave the socket open until a deadline of ours is due.
        if (outcome.startsWith('connection error') && MAJOR_VERSION >= 22)
          assert.notEqual(await client.ended(), 'open');
      } finally {
        client.destroy();
      }
    });
  }

  test('was in none of this able to harm anybody else', async () => {
    const client = await RawHttp2Client.open(server.port);
    assert.equal((await client.fetch(1)).body, 'GET 0');
    client.destroy();
  });
});
