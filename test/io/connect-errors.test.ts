// What is said when no connection can be opened: where to, what happened, what to do. Real failures first, then the rarer ones.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type tls from 'node:tls';
import { ConnectError } from '#src/errors.js';
import { attemptsError, handshakeError, lookupError } from '#src/io/explain-connect-error.js';
import { certificate, failure, identity, listenTcp, makeConnector, target, tlsAcceptor } from './opening.ts';

/** The message without the port, which is another each time. */
async function message(promise: Promise<Error>): Promise<string> {
  const error = await promise;
  assert.ok(error instanceof ConnectError);
  assert.ok(error.cause instanceof Error);
  return error.message.replaceAll(/:\d{4,5}\b/g, ':PORT');
}

describe('a connection that fails', () => {
  test('because nobody listens says so, and what to do', async () => {
    const refusing = target(9, { host: '127.0.0.3' });
    const error = await failure(makeConnector(), refusing);
    assert.equal(
      error.message,
      'cannot connect to 127.0.0.3:9: connection refused (ECONNREFUSED); nothing listens on that port: start the server, or check host and port',
    );
    assert.equal((error as ConnectError).origin, 'http://127.0.0.3:9');
    assert.equal((error.cause as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  });

  test('because its name does not resolve says so', async () => {
    // RFC 6761: .invalid never resolves.
    const text = await message(failure(makeConnector(), target(80, { host: 'no-such-host.invalid' })));
    assert.match(
      text,
      /^cannot connect to no-such-host\.invalid:80: (?:the name does not resolve \(ENOTFOUND\); check its spelling|no DNS server answered \(EAI_AGAIN\); check)/,
    );
  });

  test('because of its unix socket names the path', async (context) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const socketPath = path.join(folder, 'server.sock');
    const opener = makeConnector();
    const to = target(80, { host: 'localhost', socketPath });
    assert.equal(
      await message(failure(opener, to)),
      `cannot connect to localhost:80 through the unix socket ${socketPath}: there is no such socket (ENOENT); start the server, or check socketPath`,
    );
    writeFileSync(socketPath, 'no socket');
    assert.match(
      await message(failure(opener, to)),
      /: nobody listens on it \(ECONNREFUSED\); start the server; the file/,
    );
  });

  const tlsFailures: readonly (readonly [string, tls.TlsOptions, Readonly<Record<string, unknown>>, RegExp])[] = [
    [
      'because its certificate has expired',
      identity('expired'),
      { ca: certificate('authority') },
      /^cannot connect to localhost:PORT: the certificate has expired \(CERT_HAS_EXPIRED\) at 127\.0\.0\.1; it must be renewed on the server; or the clock/,
    ],
    [
      'because its certificate is for another name',
      identity('other-name'),
      { ca: certificate('authority') },
      /: the certificate is for another name: Host: localhost\. is not in the cert's altnames: DNS:other\.test \(ERR_TLS_CERT_ALTNAME_INVALID\) at 127\.0\.0\.1; connect by a name that it has, or set tls\.servername to it$/,
    ],
    [
      'because its certificate is self-signed',
      identity('self-signed'),
      {},
      /: the certificate is self-signed \(DEPTH_ZERO_SELF_SIGNED_CERT\) at 127\.0\.0\.1; if you trust it, give it as tls\.ca/,
    ],
    [
      'because the authority of its certificate is unknown',
      { key: certificate('localhost'), cert: [Buffer.concat([certificate('localhost'), certificate('authority')])] },
      {},
      /: the certificate comes from an authority that this machine does not know \(SELF_SIGNED_CERT_IN_CHAIN\) .*; if you trust it, give the certificate of its authority as tls\.ca/,
    ],
    [
      'because its certificate leads nowhere',
      identity('localhost'),
      {},
      /: the certificate cannot be traced .* \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\) at .*; the server must send its intermediate certificates, too; or if you trust/,
    ],
    [
      'because there is no version in common',
      { ...identity('localhost'), maxVersion: 'TLSv1.2' },
      { minVersion: 'TLSv1.3' },
      /: no version of TLS in common \(ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION\) at .*; check tls\.minVersion/,
    ],
    [
      'because the server speaks no HTTP/1.1',
      { ...identity('localhost'), ALPNProtocols: ['h2'] },
      { ca: certificate('authority') },
      /: the server refuses HTTP\/1\.1 \(ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL\) at /,
    ],
    [
      'because the server speaks no HTTP/2',
      { ...identity('localhost'), ALPNProtocols: ['http/1.1'] },
      { ca: certificate('authority'), ALPNProtocols: ['h2'] },
      /: the server refuses HTTP\/2 \(ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL\) at 127\.0\.0\.1; it may speak HTTP\/1\.1 only; check tls/,
    ],
    [
      'because the server speaks nothing of what was offered',
      { ...identity('localhost'), ALPNProtocols: ['other/1'] },
      { ca: certificate('authority'), ALPNProtocols: ['h2', 'http/1.1'] },
      /: the server refuses every protocol that was offered: h2, http\/1\.1 \(ERR_SSL_\S+\) at 127\.0\.0\.1; check tls\.ALPNProtocols$/,
    ],
    [
      'because the server wants a certificate',
      { ...identity('localhost'), requestCert: true, maxVersion: 'TLSv1.2' },
      { ca: certificate('authority') },
      /: the server broke off the handshake \(ERR_SSL_\S+_ALERT_HANDSHAKE_FAILURE\) at .*; .* or it wants a client certificate/,
    ],
  ];
  for (const [name, serverOptions, clientOptions, expected] of tlsFailures) {
    test(`${name} says so`, async (context) => {
      const { port } = await listenTcp(context, tlsAcceptor(serverOptions));
      const https = target(port, { scheme: 'https', host: 'localhost' });
      assert.match(await message(failure(makeConnector({ tls: clientOptions }), https)), expected);
    });
  }

  const noTls = async (context: TestContext, onSocket: Parameters<typeof listenTcp>[1]): Promise<string> => {
    const { port } = await listenTcp(context, onSocket);
    return message(failure(makeConnector(), target(port, { scheme: 'https' })));
  };

  test('because the peer speaks no TLS says so', async (context) => {
    const text = await noTls(context, (socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    assert.match(
      text,
      /^cannot connect to 127\.0\.0\.1:PORT: the peer does not speak TLS \(ERR_SSL_WRONG_VERSION_NUMBER\); use http:\/\/ instead/,
    );
  });

  test('because the peer hung up during the handshake says so', async (context) => {
    const closing = [
      await noTls(context, (socket) => socket.once('data', () => socket.end())),
      await noTls(context, (socket) => socket.once('data', () => socket.resetAndDestroy())),
    ];
    for (const text of closing) {
      assert.match(text, /: the peer closed the connection during the TLS handshake \(ECONNRESET\); it may not know/);
    }
  });
});

describe('the words for what is hard to provoke', () => {
  const error = (code: string, text = `connect ${code}`): NodeJS.ErrnoException =>
    Object.assign(new Error(text), { code });
  const plain = target(443, { scheme: 'https', host: 'perdura.test' });

  const attempts: readonly (readonly [string, RegExp])[] = [
    ['ETIMEDOUT', /: no answer \(ETIMEDOUT\) at 192\.0\.2\.1; the machine is off, or a firewall/],
    ['EHOSTUNREACH', /: host unreachable \(EHOSTUNREACH\) at 192\.0\.2\.1; the machine is off or not in this network/],
    ['ENETUNREACH', /: network unreachable \(ENETUNREACH\) at 192\.0\.2\.1; this machine has no route there/],
    ['EADDRNOTAVAIL', /: no local address or port is free \(EADDRNOTAVAIL\) .*; too many connections/],
    ['EMFILE', /: no file descriptor left \(EMFILE\) .*; raise the limit/],
    ['EODD', /^cannot connect to perdura\.test:443: connect EODD at 192\.0\.2\.1$/],
  ];
  for (const [code, expected] of attempts) {
    test(`${code} of an address`, () => {
      assert.match(attemptsError(plain, [{ address: '192.0.2.1', error: error(code) }]).message, expected);
    });
  }

  test('several failures of several kinds are all named, their advice once', () => {
    const failed = ['ECONNREFUSED', 'ENETUNREACH', 'ECONNREFUSED'].map((code, index) => ({
      address: `2001:db8::${index}`,
      error: error(code),
    }));
    const { message: text, origin } = attemptsError(plain, failed);
    assert.equal(
      text,
      'cannot connect to perdura.test:443: connection refused (ECONNREFUSED) at 2001:db8::0, network unreachable (ENETUNREACH) at 2001:db8::1, ' +
        'connection refused (ECONNREFUSED) at 2001:db8::2; nothing listens on that port: start the server, or check host and port; ' +
        'this machine has no route there: check its network and VPN',
    );
    assert.equal(origin, 'https://perdura.test');
  });

  test('an IPv6 address stands in brackets before its port', () => {
    const literal = target(8080, { host: '2001:db8::1' });
    const failed = attemptsError(literal, [{ address: '2001:db8::1', error: error('ECONNREFUSED') }]);
    assert.match(failed.message, /^cannot connect to \[2001:db8::1\]:8080: connection refused \(ECONNREFUSED\); /);
    assert.equal(failed.origin, 'http://[2001:db8::1]:8080');
  });

  test('a resolver that does not answer', () => {
    const failed = lookupError(plain, error('EAI_AGAIN', 'getaddrinfo EAI_AGAIN perdura.test'));
    assert.equal(
      failed.message,
      'cannot connect to perdura.test:443: no DNS server answered (EAI_AGAIN); check the network and the DNS settings of this machine, or try again',
    );
  });

  test('a unix socket that may not be used', () => {
    const to = { ...plain, socketPath: '/run/app.sock' };
    const failed = attemptsError(to, [{ address: '', error: error('EACCES') }]);
    assert.equal(
      failed.message,
      'cannot connect to perdura.test:443 through the unix socket /run/app.sock: permission denied (EACCES); the user of this process may not write to the socket',
    );
  });

  const handshakes: readonly (readonly [string, string, RegExp])[] = [
    [
      'EPROTO',
      'write EPROTO 80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:',
      /not speak TLS \(EPROTO\)/,
    ],
    ['EPROTO', 'write EPROTO something else', /: the TLS handshake failed: write EPROTO something else at 192/],
    ['CERT_NOT_YET_VALID', '', /: the certificate is not valid yet \(CERT_NOT_YET_VALID\) at 192.*; the clock/],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', '', /: the server does not know that name \(/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', '', /: the server does not accept our certificate \(/],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', '', /: the peer does not speak TLS \(/],
  ];
  for (const [code, text, expected] of handshakes) {
    test(`${code} of a handshake: ${String(expected)}`, () => {
      assert.match(handshakeError(plain, '192.0.2.1', error(code, text), []).message, expected);
    });
  }

  test('what OpenSSL says for its maintainers is left out', () => {
    const text =
      '803C:error:0A000126:SSL routines:ssl3_read_n:unexpected eof while reading:../deps/openssl/ssl3.c:317:\n';
    const odd = Object.assign(error('ERR_SSL_UNEXPECTED_EOF_WHILE_READING', text), {
      reason: 'unexpected eof while reading',
    });
    assert.equal(
      handshakeError(plain, '192.0.2.1', odd, []).message,
      'cannot connect to perdura.test:443: the TLS handshake failed: unexpected eof while reading (ERR_SSL_UNEXPECTED_EOF_WHILE_READING) at 192.0.2.1',
    );
  });
});
