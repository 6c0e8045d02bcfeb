// Real servers of HTTP, stopped and killed under a heartbeat of HTTP/1.1 or HTTP/2.
import { http2Probe, httpProbe, webProbe } from '#src/heartbeat/index.js';
import { certificate } from '../../io/opening.ts';
import { externalProgram } from '../../support/external-program.ts';
import { describeStopAndKill } from '../stop-and-kill.ts';
import { startApache, startNginx, startNode, startPerdura } from './http-servers.ts';

const nginx = externalProgram('nginx');
const apache = externalProgram('apache2');

describeStopAndKill({
  name: 'nginx, with HEAD',
  skip: nginx.skip,
  start: async (port) => startNginx(nginx.path, port),
  probe: (port) => httpProbe(`http://127.0.0.1:${port}/`),
});

describeStopAndKill({
  name: 'nginx over TLS, with what ALPN chooses: PING',
  skip: nginx.skip,
  start: async (port) => startNginx(nginx.path, port, { listen: 'ssl http2' }),
  probe: (port) => webProbe(`https://127.0.0.1:${port}/`, { tls: { ca: certificate('authority') } }),
});

describeStopAndKill({
  name: 'Apache, with OPTIONS *',
  skip: apache.skip,
  start: async (port) => startApache(apache.path, port),
  probe: (port) => httpProbe(`http://127.0.0.1:${port}/`, { method: 'OPTIONS', target: '*', expectStatus: 200 }),
});

describeStopAndKill({
  name: 'node:http, with GET',
  start: async (port) => startNode(port),
  probe: (port) => httpProbe(`http://127.0.0.1:${port}/`, { method: 'GET', expectStatus: '2xx' }),
});

describeStopAndKill({
  name: 'node:http2, with PING',
  start: async (port) => startNode(port, 'http2'),
  probe: (port) => http2Probe(`h2c://127.0.0.1:${port}`),
});

describeStopAndKill({
  name: 'perdura, with HEAD',
  start: async (port) => startPerdura(port),
  probe: (port) => httpProbe(`http://127.0.0.1:${port}/`),
});

describeStopAndKill({
  name: 'perdura, with PING',
  start: async (port) => startPerdura(port),
  probe: (port) => http2Probe(`h2c://127.0.0.1:${port}`),
});
