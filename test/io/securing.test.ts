// TLS that is begun over a transport that is open already, as at the end of a tunnel.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectError, MisuseError } from '#src/errors.js';
import type { Connector } from '#src/io/index.js';
import type { Opening, TlsRecord, Transport } from '#src/io/index.js';
import { transportPair } from '#src/testing/index.js';
import { certificate, identity, listenTcp, makeConnector, open, target, tlsAcceptor, until } from './opening.ts';

interface Securing {
  readonly opening: Opening;
  readonly told: string[];
  secured?: { readonly transport: Transport; readonly tls: TlsRecord };
  error?: Error;
}

function secure(connector: Connector, transport: Transport, port: number, host = '127.0.0.1'): Securing {
  const told: string[] = [];
  const securing: Securing = {
    told,
    opening: connector.secure(transport, target(port, { scheme: 'https', host }), {
      onSecured: (secured, tls) => {
        told.push('secured');
        securing.secured = { transport: secured, tls };
      },
      onSecuringFailed: (error) => {
        told.push('failed');
        securing.error = error;
      },
    }),
  };
  return securing;
}

const makeTlsConnector = (): Connector => makeConnector({ tls: { ca: certificate('authority') } });

describe('securing an open transport', () => {
  test('gives another one over which the peer is spoken to, whatever came and went before', async (context) => {
    const accept = tlsAcceptor(identity('localhost'), (socket) => socket.pipe(socket));
    const { port } = await listenTcp(context, (socket) => {
      socket.once('data', (bytes) => {
        socket.pause();
        assert.equal(bytes.toString(), 'TLS please');
        socket.write('go', () => accept(socket));
      });
    });
    const connector = makeTlsConnector();
    const { transport } = await open(connector, target(port));
    let before = '';
    transport.attach({
      onTransportData: (bytes) => void (before += bytes.toString()),
      onTransportEnd: () => assert.fail('told after it was given away'),
      onTransportDrain() {},
      onTransportClosed: () => assert.fail('told after it was given away'),
    });
    transport.write('TLS please');
    await until(() => before === 'go');
    const securing = secure(connector, transport, port);
    assert.deepEqual(securing.told, []);
    await until(() => securing.told.length > 0);
    const { transport: secured, tls } = securing.secured!;
    assert.equal(tls.protocol, 'TLSv1.3');
    assert.equal(tls.resumed, false);
    assert.equal(secured.remote, `127.0.0.1:${port}`);
    let echoed = '';
    let closed = false;
    secured.attach({
      onTransportData: (bytes) => void (echoed += bytes.toString()),
      onTransportEnd: () => secured.destroy(),
      onTransportDrain() {},
      onTransportClosed: () => void (closed = true),
    });
    secured.write('hello');
    await until(() => echoed === 'hello');
    secured.end();
    await until(() => closed);
    assert.equal(before, 'go');
    assert.deepEqual(securing.told, ['secured']);
  });

  test('fails with the name of the target', async (context) => {
    const server = await listenTcp(context, tlsAcceptor(identity('other-name')));
    const connector = makeTlsConnector();
    const { transport } = await open(connector, target(server.port));
    const securing = secure(connector, transport, server.port, 'perdura.test');
    await until(() => securing.told.length > 0);
    assert.deepEqual(securing.told, ['failed']);
    assert.ok(securing.error instanceof ConnectError);
    assert.equal(securing.error.origin, `https://perdura.test:${server.port}`);
    assert.match(securing.error.message, /^cannot connect to perdura\.test:\d+: .*certificate/);
  });

  test('fails where the target speaks no TLS, and closes the connection', async (context) => {
    let hasEnded = false;
    const server = await listenTcp(context, (socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
      socket.on('end', () => void (hasEnded = true)).on('close', () => void (hasEnded = true));
    });
    const connector = makeTlsConnector();
    const { transport } = await open(connector, target(server.port));
    const securing = secure(connector, transport, server.port);
    await until(() => hasEnded);
    assert.deepEqual(securing.told, ['failed']);
  });

  test('fails where the connection ends instead', async (context) => {
    const server = await listenTcp(context, (socket) => socket.once('data', () => socket.destroy()));
    const connector = makeTlsConnector();
    const { transport } = await open(connector, target(server.port));
    const securing = secure(connector, transport, server.port);
    await until(() => securing.told.length > 0);
    assert.deepEqual(securing.told, ['failed']);
  });

  for (const [when, wait] of [
    ['before it has begun', async () => {}],
    ['within the handshake', async (isUnderWay: () => boolean) => until(isUnderWay)],
  ] as const) {
    test(`can be given up ${when}: the connection is closed, and nothing is told`, async (context) => {
      let hasHello = false;
      let hasEnded = false;
      const server = await listenTcp(context, (socket) => {
        socket.on('data', () => void (hasHello = true));
        socket.on('end', () => void (hasEnded = true));
        socket.on('close', () => void (hasEnded = true));
      });
      const connector = makeTlsConnector();
      const { transport } = await open(connector, target(server.port));
      const securing = secure(connector, transport, server.port);
      await wait(() => hasHello);
      securing.opening.abort();
      securing.opening.abort();
      await until(() => hasEnded);
      assert.deepEqual(securing.told, []);
    });
  }

  test('is refused for a transport that is no socket', () => {
    const [transport] = transportPair();
    assert.throws(() => secure(makeTlsConnector(), transport, 443), MisuseError);
  });
});
