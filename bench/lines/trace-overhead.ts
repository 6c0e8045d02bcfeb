// What it costs to be listened to. Where nobody listens nothing is made, so that has no price to be measured.
import type { Line } from '../line.ts';
import { Child } from '../process/child.ts';
import { asServer, compareServers } from './server-load.ts';

const NAME = 'trace-overhead';

export const traceOverhead: Line = {
  name: NAME,
  title: 'server with a trace that does nothing, against none',
  async run(settings) {
    const prefix = settings.pinning.server;
    const program = 'contenders/perdura';
    const servers = [
      asServer('traced', await Child.start({ program, prefix, arguments: ['handler', 'trace'] })),
      asServer('untraced', await Child.start({ program, prefix, arguments: ['handler'] })),
    ];
    try {
      const load = { path: '/', connections: 64, depth: 1, fields: [] };
      const comparison = { subject: 'traced', against: 'untraced' };
      return await compareServers(settings, NAME, 'trace', load, 3, servers, [comparison]);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  },
};
