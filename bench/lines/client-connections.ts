// What persistent connections are for: one request after the other on one connection, against a new connection for each of them.
// On one machine there is no path to speak of, so this is the least that they save: every round trip adds to it.
import type { Line } from '../line.ts';
import { compareClients } from './client-load.ts';

const NAME = 'client-connections';
const LOAD = { connections: 1, depth: 1, bodyBytes: 3, warmUpRequests: 10_000 };

export const clientConnections: Line = {
  name: NAME,
  title: 'one request after the other, on one connection and on a new one each',
  run: (settings) => {
    const contenders = ['perdura', 'undici', 'node-http'].flatMap((program) => [
      { name: `${program} persistent`, program, task: 'request' },
      { name: `${program} new each time`, program, task: 'once' },
    ]);
    return compareClients(settings, NAME, 'serial', LOAD, contenders, [
      { subject: 'perdura persistent', against: 'perdura new each time' },
      { subject: 'undici persistent', against: 'undici new each time' },
      { subject: 'node-http persistent', against: 'node-http new each time' },
      { subject: 'perdura new each time', against: 'undici new each time' },
    ]);
  },
};
