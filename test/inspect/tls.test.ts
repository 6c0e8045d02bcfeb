// What an inspection tells of TLS, held against servers of Node.js that are set up for it; and servers whose certificate is refused.
import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { describe, test } from 'node:test';
import { ConnectError } from '#src/errors.js';
import { inspect } from '#src/inspect/index.js';
import { certificate, identity } from '../io/opening.ts';
import { plainAnswer, startRawServer } from './raw-server.ts';
import { inspectLocal, startHttps, startSecureHttp2 } from './tls-servers.ts';

describe('the check of TLS', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`tells the version, what is chosen, and the cost with and without a session (${version})`, async (context) => {
      const versions = { minVersion: version, maxVersion: version };
      const port = await startHttps(context, versions);
      const { measurements, checks, connections } = await inspectLocal('https', port, { only: ['tls'] });
      const { tlsProtocol, alpn, tlsResumption, tlsHandshakeMs, tlsResumedHandshakeMs } = measurements;
      assert.deepEqual([tlsProtocol, alpn, tlsResumption], [version, 'http/1.1', true]);
      assert.ok(tlsHandshakeMs! > 0 && tlsResumedHandshakeMs! > 0);
      const { connections: ids, outcome } = checks.at(-1)!;
      assert.equal(outcome, 'measured');
      const own = connections.filter(({ id }) => ids.includes(id));
      // The very first request of the inspection has brought a session already, and whole handshakes are whole all the same.
      assert.deepEqual(
        own.map(({ tls }) => tls?.resumed),
        [true, false, true, false, true, false, true],
      );
      const median = (resumed: boolean): number =>
        own
          .slice(1)
          .filter(({ tls }) => tls?.resumed === resumed)
          .map(({ tls }) => tls!.handshakeMs)
          .toSorted((left, right) => left - right)[1]!;
      assert.ok(Math.abs(tlsHandshakeMs! - median(false)) < 0.01);
      assert.ok(Math.abs(tlsResumedHandshakeMs! - median(true)) < 0.01);
    });

    test(`tells where sessions are not resumed (${version})`, async (context) => {
      const port = await startHttps(context, {
        minVersion: version,
        maxVersion: version,
        secureOptions: constants.SSL_OP_NO_TICKET,
      });
      const { measurements } = await inspectLocal('https', port, { only: ['tls'] });
      assert.deepEqual([measurements.tlsResumption, measurements.tlsResumedHandshakeMs], [false, null]);
      assert.ok(measurements.tlsHandshakeMs! > 0);
    });
  }

  test('tells which protocol is chosen where h2 is offered, and that none is', async (context) => {
    const both = await startSecureHttp2(context);
    assert.equal((await inspectLocal('https', both, { only: ['tls'] })).measurements.alpn, 'h2');
    // Without the extension: a server that knows nothing of ALPN.
    const none = await startHttps(context, { ALPNProtocols: undefined }, (server) => {
      (server as unknown as { ALPNProtocols: undefined }).ALPNProtocols = undefined;
    });
    assert.equal((await inspectLocal('https', none, { only: ['tls'] })).measurements.alpn, '');
  });

  test('has nothing to ask over http:', async () => {
    await using server = await startRawServer((_head, { socket }) => socket.write(plainAnswer()));
    const { checks, connections } = await inspectLocal('http', server.port, { only: ['tls'] });
    const { outcome, reason } = checks.at(-1)!;
    assert.deepEqual([outcome, reason], ['skipped', 'the URL is one of http:']);
    assert.ok(connections.every(({ check }) => check === 'first-answer'));
  });
});

describe('a server whose certificate is not trusted', () => {
  test('is an error that says so and what to do, and no finding', async (context) => {
    for (const [name, words] of [
      ['self-signed', /the certificate is self-signed \(DEPTH_ZERO_SELF_SIGNED_CERT\); .*give it as tls\.ca/],
      ['expired', /the certificate has expired \(CERT_HAS_EXPIRED\); it must be renewed/],
      ['other-name', /the certificate is for another name: .*; connect by a name that it has/],
    ] as const) {
      const port = await startHttps(context, identity(name));
      await assert.rejects(inspectLocal('https', port, {}), (error) => {
        assert.ok(error instanceof ConnectError);
        assert.match(error.message, new RegExp(`^cannot connect to 127\\.0\\.0\\.1:${port}: `));
        assert.match(error.message, words);
        return true;
      });
    }
  });

  test('is inspected where its certificate is given, or where none is asked for', async (context) => {
    const port = await startHttps(context, identity('self-signed'));
    for (const tls of [{ ca: certificate('self-signed') }, { rejectUnauthorized: false }]) {
      const { measurements } = await inspectLocal('https', port, { only: ['tls'], tls });
      assert.deepEqual([measurements.status, measurements.alpn], [200, 'http/1.1']);
    }
  });

  test('that speaks no TLS at all is told as that', async () => {
    await using server = await startRawServer(
      () => {},
      ({ socket }) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    await assert.rejects(inspect(`https://127.0.0.1:${server.port}/`), (error) => {
      assert.ok(error instanceof ConnectError);
      assert.match(error.message, /the peer does not speak TLS .*use http:\/\/ instead/);
      return true;
    });
  });
});
