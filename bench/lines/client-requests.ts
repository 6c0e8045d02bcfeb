// What a session does per second, against the other clients of Node.js: small answers, one at a time and pipelined, and a POST.
import { JSON_BODY } from '../clients/client-task.ts';
import { atLeast } from '../finding.ts';
import type { Line } from '../line.ts';
import { compareClients } from './client-load.ts';
import type { ClientComparison, ClientContender } from './client-load.ts';

const SMALL = { connections: 50, depth: 1, bodyBytes: 3, warmUpRequests: 20_000 };
const PIPELINED = { connections: 4, depth: 16, bodyBytes: 3, warmUpRequests: 20_000 };

const PERDURA = 'perdura';
const UNDICI = 'undici Pool';
const NODE_HTTP = 'node:http Agent';

function allOf(task: string): ClientContender[] {
  return [
    { name: PERDURA, program: 'perdura', task },
    { name: UNDICI, program: 'undici', task },
    { name: NODE_HTTP, program: 'node-http', task },
  ];
}

const AGAINST_NODE_HTTP: ClientComparison = { subject: PERDURA, against: NODE_HTTP };

export const clientRequest: Line = {
  name: 'client-request',
  title: `session.request, ${SMALL.connections} in flight, 3-byte answer`,
  run: (settings) =>
    compareClients(settings, 'client-request', 'request', SMALL, allOf('request'), [
      { subject: PERDURA, against: UNDICI, budget: atLeast(2) },
      AGAINST_NODE_HTTP,
    ]),
};

export const clientPost: Line = {
  name: 'client-post',
  title: `session.request, POST of ${JSON_BODY.length} bytes of JSON, ${SMALL.connections} in flight`,
  run: (settings) =>
    compareClients(settings, 'client-post', 'POST', SMALL, allOf('post'), [
      { subject: PERDURA, against: UNDICI },
      AGAINST_NODE_HTTP,
    ]),
};

export const clientFetch: Line = {
  name: 'client-fetch',
  title: `session.fetch and text(), ${SMALL.connections} in flight, 3-byte answer`,
  run: (settings) => {
    const contenders = [
      { name: PERDURA, program: 'perdura', task: 'fetch' },
      { name: 'global fetch', program: 'global-fetch', task: 'fetch' },
    ];
    const comparison = { subject: PERDURA, against: 'global fetch', budget: atLeast(4) };
    return compareClients(settings, 'client-fetch', 'fetch', SMALL, contenders, [comparison]);
  },
};

export const clientPipelined: Line = {
  name: 'client-pipelined',
  title: `session.request, pipelined ${PIPELINED.depth} deep on ${PIPELINED.connections} connections`,
  run: (settings) => {
    const contenders = allOf('request').slice(0, 2);
    const comparison = { subject: PERDURA, against: UNDICI, budget: atLeast(4) };
    return compareClients(settings, 'client-pipelined', 'pipelined', PIPELINED, contenders, [comparison]);
  },
};
