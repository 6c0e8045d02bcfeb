// Sixteen requests under way on each of eight connections.
import { startNginx } from '../contenders/nginx.ts';
import { atLeast } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { Line } from '../line.ts';
import { Child } from '../process/child.ts';
import { explainMissing } from '../process/tools.ts';
import { asServer, compareServers } from './server-load.ts';
import type { Comparison } from './server-load.ts';

const NAME = 'pipelined';
const TITLE = 'pipelined';
const LOAD = { path: '/', connections: 8, depth: 16, fields: [] };
const BODY_BYTES = 3;

export const pipelined: Line = {
  name: NAME,
  title: `server, pipelined ${LOAD.depth} deep, ${LOAD.connections} connections, 3-byte body`,
  async run(settings) {
    const prefix = settings.pinning.server;
    const servers = [
      asServer('perdura', await Child.start({ program: 'contenders/perdura', prefix, arguments: ['handler'] })),
      asServer('node:http', await Child.start({ program: 'contenders/node-http', prefix })),
    ];
    const comparisons: Comparison[] = [{ subject: 'perdura', against: 'node:http', budget: atLeast(7) }];
    const skipped: Finding[] = [];
    if (settings.tools.nginx === undefined) {
      const reason = explainMissing('nginx');
      skipped.push({ kind: 'skipped', line: NAME, title: `${TITLE}: perdura against nginx`, reason });
    } else {
      servers.push(asServer('nginx', await startNginx(settings)));
      comparisons.push({ subject: 'perdura', against: 'nginx', budget: atLeast(2) });
    }
    try {
      const findings = await compareServers(settings, NAME, TITLE, LOAD, BODY_BYTES, servers, comparisons);
      return [...findings, ...skipped];
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  },
};
