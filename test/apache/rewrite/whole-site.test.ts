// The tables through the whole of perdura, over sockets: walks, .htaccess, access and answers have their say, too.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NodeFileLookup, RunningSite } from '#src/apache/index.js';
import { serve } from '#src/server/index.js';
import type { Server } from '#src/server/index.js';
import { freePorts } from '../../support/free-ports.ts';
import { exchange, readAnswer, siteFolder, writeSites } from './ask-httpd.ts';
import { readRecorded } from './recorded-answers.ts';
import { hostNameOf } from './rewrite-case.ts';
import { TABLES } from './tables.ts';

for (const { name: table, cases, main } of TABLES) {
  describe(`a site with the rules of the table ${table}`, () => {
    const recorded = readRecorded(table);
    const root = mkdtempSync(path.join(tmpdir(), 'perdura-rewrite-'));
    let port = 0;
    let servers: Server[] = [];

    before(async () => {
      [port = 0] = await freePorts(1);
      writeSites(root, port, cases, main);
      const site = new RunningSite(
        { file: path.join(root, 'httpd.conf') },
        {
          files: new NodeFileLookup(),
          processId: process.pid,
          machineName: undefined,
          wallMs: () => Date.now(),
          writeAccess: () => undefined,
          writeError: () => undefined,
        },
      );
      servers = await Promise.all(site.plan().listeners.map(({ options }) => serve(options)));
    });

    after(async () => {
      await Promise.all(servers.map((server) => server.close()));
      rmSync(root, { recursive: true, force: true });
    });

    for (const [index, site] of cases.entries()) {
      test(`answers as httpd: ${site.name}`, async () => {
        for (const [at, ask] of site.asks.entries()) {
          const answer = readAnswer(await exchange(port, hostNameOf(index), ask), siteFolder(root, index));
          assert.deepEqual(answer, recorded[site.name]?.[at], JSON.stringify(ask));
        }
      });
    }
  });
}
