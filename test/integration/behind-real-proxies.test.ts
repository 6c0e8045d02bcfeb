// Real programs in front of the server: who they say the client is, by the PROXY protocol and by fields.
import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { serve } from '#src/server/index.js';
import type { ClientInfo, ConnectionInfo, Server, ServeOptions, TraceEvent } from '#src/server/index.js';
import { externalProgram } from '../support/external-program.ts';
import { identity } from '../io/opening.ts';
import { ServedFiles } from './reloading/served-files.ts';
import { ServerProcess, findFreePort } from './reloading/server-process.ts';
import { runProgram } from './run-program.ts';

const LIMIT = { timeout: 60_000 };

interface Seen {
  readonly url: string;
  readonly client: ClientInfo;
  readonly connection: ConnectionInfo;
}

interface TrustingServer extends AsyncDisposable {
  readonly server: Server;
  readonly refusals: string[];
}

/** A server that answers with what it sees of its client. */
async function startTrusting(
  trust: ServeOptions['trust'],
  options: Partial<ServeOptions> = {},
): Promise<TrustingServer> {
  const refusals: string[] = [];
  const server = await serve({
    port: 0,
    handler: (request, { client, connection }) => ({ body: JSON.stringify({ url: request.url, client, connection }) }),
    trust: trust!,
    trace: (event: TraceEvent) => void (event.type === 'refused' && refusals.push(event.reason)),
    ...options,
  });
  return { server, refusals, [Symbol.asyncDispose]: async () => void (await server.close({ drainMs: 0 })) };
}

/** Asks a program in front of it, from a port that is told. */
async function ask(port: number, headers: Record<string, string> = {}): Promise<{ seen: Seen; localPort: number }> {
  const agent = new http.Agent({ keepAlive: false });
  const request = http.get({
    port,
    host: '127.0.0.1',
    path: '/a?b',
    agent,
    headers: { host: 'a.example', ...headers },
  });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const localPort = response.socket.localPort ?? 0;
  const text = (await response.toArray()).join('');
  assert.equal(response.statusCode, 200, text);
  return { seen: JSON.parse(text) as Seen, localPort };
}

/** A program in front of a server, with a configuration for it. */
class Front implements AsyncDisposable {
  readonly port: number;
  readonly #files: ServedFiles;
  readonly #process: ServerProcess;

  private constructor(port: number, files: ServedFiles, process: ServerProcess) {
    this.port = port;
    this.#files = files;
    this.#process = process;
  }

  static async start(
    program: string,
    configure: (files: ServedFiles, port: number) => { readonly file: string; readonly args: readonly string[] },
  ): Promise<Front> {
    const files = new ServedFiles();
    const port = await findFreePort();
    const { file, args } = configure(files, port);
    files.write('front.conf', file);
    const front = new Front(port, files, new ServerProcess(program, args));
    await front.#process.accepting({ port, host: '127.0.0.1' });
    return front;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop('SIGTERM');
    this.#files.remove();
  }
}

const haproxy = externalProgram('haproxy');
const nginx = externalProgram('nginx');
const curl = externalProgram('curl');

const startHaproxy = (mode: 'tcp' | 'http', serverLine: string, frontLines = ''): Promise<Front> =>
  Front.start(haproxy.path, (files, port) => ({
    args: ['-db', '-f', files.path('front.conf')],
    file: `defaults
  mode ${mode}
  timeout connect 5s
  timeout client 10s
  timeout server 10s
listen front
  bind 127.0.0.1:${port}
  ${frontLines}
  server app ${serverLine}
`,
  }));

describe('HAProxy', { ...haproxy, ...LIMIT }, () => {
  for (const option of ['send-proxy', 'send-proxy-v2', 'send-proxy-v2 proxy-v2-options crc32c,unique-id']) {
    test(`with ${option} names the client of every connection`, async () => {
      await using trusting = await startTrusting({ proxies: ['loopback'], proxyProtocol: true });
      await using front = await startHaproxy('tcp', `127.0.0.1:${trusting.server.port} ${option}`);
      const { seen, localPort } = await ask(front.port, { 'x-forwarded-for': '192.0.2.9' });
      assert.deepEqual(seen.client, { address: '127.0.0.1', port: localPort, protocol: 'http', host: 'a.example' });
      assert.equal(seen.connection.remote, `127.0.0.1:${localPort}`);
      assert.notEqual(seen.connection.proxied?.via, seen.connection.remote);
      assert.deepEqual(seen.connection.proxied?.destination, { address: '127.0.0.1', port: front.port });
      assert.deepEqual(trusting.refusals, []);
    });
  }

  test('with send-proxy-v2-ssl says that the client came over TLS, and speaks TLS itself behind its header', async () => {
    const files = new ServedFiles();
    const { cert, key } = identity('localhost');
    const pem = files.write('front.pem', `${String(cert)}\n${String(key)}`);
    for (const tls of [undefined, identity('localhost')]) {
      await using trusting = await startTrusting(
        { proxies: ['loopback'], proxyProtocol: true },
        tls === undefined ? {} : { tls },
      );
      const inside = tls === undefined ? '' : 'ssl verify none alpn http/1.1';
      await using front = await Front.start(haproxy.path, (own, port) => ({
        args: ['-db', '-f', own.path('front.conf')],
        file: `defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
listen front
  bind 127.0.0.1:${port} ssl crt ${pem}
  server app 127.0.0.1:${trusting.server.port} send-proxy-v2-ssl ${inside}
`,
      }));
      const result = await runProgram(curl.path, ['-sSk', `https://127.0.0.1:${front.port}/a`]);
      const seen = JSON.parse(result.stdout.toString()) as Seen;
      assert.equal(seen.client.protocol, 'https', result.stderr);
      assert.equal(seen.connection.proxied?.secure, true);
      assert.equal(seen.url, `https://127.0.0.1:${front.port}/a`);
      assert.equal(seen.connection.tls !== undefined, tls !== undefined);
    }
    files.remove();
  });

  test('finds the server healthy with check-send-proxy, whose checks are connections of its own', async () => {
    const answers: string[] = [];
    await using trusting = await startTrusting(
      { proxies: ['loopback'], proxyProtocol: true },
      {
        handler: (request, { connection }) => {
          answers.push(`${new URL(request.url).pathname} ${connection.remote === connection.proxied?.via}`);
          return { body: 'ok' };
        },
      },
    );
    await using front = await startHaproxy(
      'http',
      `127.0.0.1:${trusting.server.port} send-proxy-v2 check inter 50ms check-send-proxy`,
      'option httpchk GET /check',
    );
    assert.ok(front.port > 0);
    while (answers.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(new Set(answers), new Set(['/check true']));
    assert.deepEqual(trusting.refusals, []);
  });

  test('that forgets to send a header is refused, and answers 502 or 503 itself', async () => {
    await using trusting = await startTrusting({ proxies: ['loopback'], proxyProtocol: true });
    await using front = await startHaproxy('http', `127.0.0.1:${trusting.server.port}`);
    const response = await fetch(`http://127.0.0.1:${front.port}/`);
    assert.ok(response.status === 502 || response.status === 503, String(response.status));
    assert.ok(trusting.refusals.includes('badProxyHeader'));
  });

  test('with option forwardfor adds the client behind what the client claims', async () => {
    await using trusting = await startTrusting({ proxies: ['loopback'], forwarded: true });
    await using front = await startHaproxy(
      'http',
      `127.0.0.1:${trusting.server.port} source 127.0.0.2`,
      'option forwardfor\n  http-request set-header X-Forwarded-Proto https',
    );
    // The client is on loopback, so it is trusted, too, and what it claims of the one before it is believed.
    const { seen } = await ask(front.port, { 'x-forwarded-for': '192.0.2.9', 'x-forwarded-proto': 'http' });
    assert.deepEqual(seen.client, { address: '192.0.2.9', protocol: 'https', host: 'a.example' });
    assert.equal(seen.url, 'https://a.example/a?b');
    await using wary = await startTrusting({ proxies: ['127.0.0.2'], forwarded: true });
    await using second = await startHaproxy(
      'http',
      `127.0.0.1:${wary.server.port} source 127.0.0.2`,
      'option forwardfor',
    );
    const { seen: other } = await ask(second.port, { 'x-forwarded-for': '192.0.2.9' });
    assert.equal(other.client.address, '127.0.0.1', 'the client itself is no proxy there');
  });
});

describe('nginx', { ...nginx, ...LIMIT }, () => {
  test('with $proxy_add_x_forwarded_for, and with Forwarded, names the client', async () => {
    for (const [forwarded, line] of [
      ['x-forwarded', 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;'],
      [
        'forwarded',
        'proxy_set_header Forwarded "$http_forwarded, for=$remote_addr;proto=$scheme;host=\\"$http_host\\"";',
      ],
    ] as const) {
      await using trusting = await startTrusting({ proxies: ['127.0.0.2'], forwarded });
      await using front = await Front.start(nginx.path, (files, port) => ({
        args: ['-p', files.folder, '-e', files.path('error.log'), '-c', files.path('front.conf')],
        file: `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${files.path('nginx.pid')};
events { worker_connections 64; }
http {
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${files.path(name)};`).join('\n  ')}
  access_log off;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_bind 127.0.0.2;
      proxy_pass http://127.0.0.1:${trusting.server.port};
      ${line}
      proxy_set_header Host inside;
    }
  }
}
`,
      }));
      const { seen } = await ask(front.port, { 'x-forwarded-for': '192.0.2.9', forwarded: 'for="192.0.2.9' });
      assert.equal(seen.client.address, '127.0.0.1');
      assert.equal(seen.client.host, forwarded === 'forwarded' ? 'a.example' : 'inside');
    }
  });
});

describe('curl', { ...curl, ...LIMIT }, () => {
  test('with --haproxy-protocol is served as the client that it names', async () => {
    await using trusting = await startTrusting({ proxies: ['loopback'], proxyProtocol: true });
    const result = await runProgram(curl.path, ['-sS', '--haproxy-protocol', trusting.server.url, trusting.server.url]);
    assert.equal(result.code, 0, result.stderr);
    const [, json = ''] = result.stdout.toString().split(/(?<=\})(?=\{)/);
    const seen = JSON.parse(json) as Seen;
    assert.equal(seen.connection.requests, 2, 'one header for a connection');
    assert.deepEqual(seen.connection.proxied?.destination, { address: '127.0.0.1', port: trusting.server.port });
  });

  test('without it is refused', async () => {
    await using trusting = await startTrusting({ proxies: ['loopback'], proxyProtocol: true });
    const result = await runProgram(curl.path, ['-sS', trusting.server.url]);
    assert.notEqual(result.code, 0);
    assert.deepEqual(trusting.refusals, ['badProxyHeader']);
  });
});
