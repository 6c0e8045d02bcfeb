// One request at a time on each of 64 kept connections, with the head of a load generator and with that of a browser.
import { atLeast } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { Line, Settings } from '../line.ts';
import { Child } from '../process/child.ts';
import { BROWSER_FIELDS } from '../request-heads.ts';
import type { HeadFields } from '../request-heads.ts';
import { asServer, compareServers } from './server-load.ts';
import type { Comparison, RunningServer } from './server-load.ts';

const CONNECTIONS = 64;
const BODY_BYTES = 3;

const PLAIN = 'perdura';
const FETCH = 'perdura fetch';

const COMPARISONS: readonly Comparison[] = [
  { subject: PLAIN, against: 'node:http', budget: atLeast(1.8) },
  { subject: FETCH, against: 'node:http' },
  { subject: FETCH, against: 'Fastify', budget: atLeast(2) },
  { subject: FETCH, against: 'Hono', budget: atLeast(2) },
  { subject: PLAIN, against: 'node:net floor', budget: atLeast(0.85) },
];

async function run(settings: Settings, line: string, title: string, fields: HeadFields): Promise<Finding[]> {
  const start = async (name: string, program: string, ...words: string[]): Promise<RunningServer> => {
    const prefix = settings.pinning.server;
    return asServer(name, await Child.start({ program: `contenders/${program}`, prefix, arguments: words }));
  };
  const servers = await Promise.all([
    start(PLAIN, 'perdura', 'handler'),
    start(FETCH, 'perdura', 'fetch'),
    start('node:http', 'node-http'),
    start('Fastify', 'fastify'),
    start('Hono', 'hono'),
    start('node:net floor', 'net-floor'),
  ]);
  try {
    const load = { path: '/', connections: CONNECTIONS, depth: 1, fields };
    return await compareServers(settings, line, title, load, BODY_BYTES, servers, COMPARISONS);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

export const bareHeads: Line = {
  name: 'bare-heads',
  title: `server, ${CONNECTIONS} connections, 3-byte body, bare heads`,
  run: (settings) => run(settings, 'bare-heads', 'bare heads', []),
};

export const browserHeads: Line = {
  name: 'browser-heads',
  title: `server, ${CONNECTIONS} connections, 3-byte body, browser-like heads`,
  run: (settings) => run(settings, 'browser-heads', 'browser-like heads', BROWSER_FIELDS),
};
