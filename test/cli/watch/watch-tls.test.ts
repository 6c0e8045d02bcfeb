// `perdura watch` over TLS: what is wrong is told with what can be typed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { createServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import { certificate, identity } from '../../io/opening.ts';
import { runPerdura } from '../perdura-process.ts';

async function listenTls(context: TestContext, options: TlsOptions): Promise<number> {
  const server = createServer(options, (socket) => socket.on('error', () => {}));
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function reasonOf(target: string, ...options: string[]): Promise<string> {
  const { code, stdout } = await runPerdura('watch', target, '--count', '1', '--format', 'json', ...options);
  assert.equal(code, 3);
  const { event, reason } = JSON.parse(stdout.split('\n')[0] ?? '') as {
    readonly event: string;
    readonly reason: string;
  };
  assert.equal(event, 'missed');
  return reason;
}

describe('what is wrong with TLS', () => {
  test('is told with the options of the command, whatever the protocol', async (context) => {
    const port = await listenTls(context, identity('self-signed'));
    for (const scheme of ['https', 'h2', 'tls', 'rediss', 'sse+https']) {
      const reason = await reasonOf(`${scheme}://localhost:${port}`);
      assert.match(reason, /self-signed/, scheme);
      assert.match(reason, /give it as --cacert FILE.*; --insecure goes on without knowing who answers$/, scheme);
      assert.doesNotMatch(reason, /tls\./);
    }
  });

  test('is told of a server without HTTP/2 as it is', async (context) => {
    const port = await listenTls(context, { ...identity('localhost'), ALPNProtocols: ['http/1.1'] });
    assert.match(
      await reasonOf(`h2://localhost:${port}`, '--insecure'),
      /the server refuses HTTP\/2 .*; it may speak HTTP\/1\.1 only: https:\/\/ takes either$/,
    );
  });

  test('names no option of the library where there is nothing to type', async (context) => {
    const wants = {
      ...identity('localhost'),
      requestCert: true,
      rejectUnauthorized: true,
      maxVersion: 'TLSv1.2',
    } as const;
    const port = await listenTls(context, { ...wants, ca: certificate('authority') });
    const reason = await reasonOf(`tls://localhost:${port}`, '--insecure');
    assert.match(reason, /wants a client certificate, which this command cannot give/);
    assert.doesNotMatch(reason, /tls\.\w/);
  });
});
