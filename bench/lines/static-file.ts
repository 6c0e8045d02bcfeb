// One file of 10 KiB, again and again, against nginx with sendfile.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNginx } from '../contenders/nginx.ts';
import { atLeast } from '../finding.ts';
import type { Line } from '../line.ts';
import { Child } from '../process/child.ts';
import { explainMissing } from '../process/tools.ts';
import { asServer, compareServers } from './server-load.ts';

const NAME = 'static-file';
const TITLE = 'static file of 10 KiB';
const FILE_BYTES = 10_240;
const LOAD = { path: '/file.bin', connections: 64, depth: 1, fields: [] };

export const staticFile: Line = {
  name: NAME,
  title: 'server, static file of 10 KiB, 64 connections',
  async run(settings) {
    if (settings.tools.nginx === undefined) {
      const reason = explainMissing('nginx');
      return [{ kind: 'skipped', line: NAME, title: `${TITLE}: perdura against nginx`, reason }];
    }
    const folder = mkdtempSync(join(tmpdir(), 'perdura-bench-files-'));
    writeFileSync(join(folder, 'file.bin'), Buffer.alloc(FILE_BYTES, 'x'));
    const prefix = settings.pinning.server;
    const servers = [
      asServer('perdura', await Child.start({ program: 'contenders/perdura-static', prefix, arguments: [folder] })),
      asServer('nginx', await startNginx(settings, folder)),
    ];
    try {
      const comparison = { subject: 'perdura', against: 'nginx', budget: atLeast(0.5) };
      return await compareServers(settings, NAME, TITLE, LOAD, FILE_BYTES, servers, [comparison]);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
