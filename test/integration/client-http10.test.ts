// A session against servers of HTTP/1.0: without persistence, with it where it is asked for, and with bodies that the end delimits.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Session } from '#src/client/index.js';
import { ConnectionLostError } from '#src/errors.js';
import { externalProgram } from '../support/external-program.ts';
import { ServedFiles } from './reloading/served-files.ts';
import { ServerProcess } from './reloading/server-process.ts';

const LIMIT = { timeout: 60_000 };
const LARGE = 'as large as several reads of a socket '.repeat(20_000);

describe('http.server of Python, which ends the connection after each answer', () => {
  const python = externalProgram('python3');

  test('is asked twenty times at once, each time on a connection of its own', { ...python, ...LIMIT }, async (t) => {
    const files = new ServedFiles();
    t.after(() => files.remove());
    const args = ['-u', '-m', 'http.server', '--bind', '127.0.0.1', '--directory', files.path('root'), '0'];
    await using server = new ServerProcess(python.path, args);
    const [, port] = await server.printed(/ port (\d+)/);
    await using session = new Session({ baseUrl: `http://127.0.0.1:${port}` });
    const texts = await Promise.all(
      Array.from({ length: 20 }, async (_, number) => {
        const response = await session.request(`/files/${number}.txt`);
        assert.equal(response.httpVersion, '1.0');
        return response.body.text();
      }),
    );
    for (const [number, text] of texts.entries()) assert.equal(text, files.content(`/files/${number}.txt`));
    const { connectionsOpened, retries, closed } = session.stats();
    assert.deepEqual({ connectionsOpened, retries }, { connectionsOpened: 20, retries: 0 });
    assert.deepEqual(closed, { http10WithoutKeepAlive: 20 });
  });
});

describe('a server of HTTP/1.0', () => {
  let server: net.Server;
  let session: Session;
  let connections = 0;
  /** The connection of an answer whose end is up to the test. */
  let half: net.Socket | undefined;

  /** Answers by what the path names, and ends the connection as HTTP/1.0 does unless both sides want it otherwise. */
  function answer(socket: net.Socket, target: string): void {
    if (target === '/until-end') socket.end(`HTTP/1.0 200 OK\r\n\r\n${LARGE}`);
    else if (target === '/kept') {
      socket.write('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nkept');
    } else if (target === '/cut') {
      socket.write('HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\nonly a part');
      socket.end();
    } else if (target === '/reset') {
      socket.write('HTTP/1.0 200 OK\r\n\r\nonly a part');
      half = socket;
    }
  }

  before(async () => {
    server = net.createServer((socket) => {
      connections += 1;
      socket.on('error', () => {});
      socket.setEncoding('latin1').on('data', (text: unknown) => {
        const [, target] = String(text).split(' ', 2);
        answer(socket, target!);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    session = new Session({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  after(async () => {
    await session.close();
    server.close();
  });

  test('delimits bodies by the end of the connection, and they are complete', LIMIT, async () => {
    const texts = await Promise.all(
      Array.from({ length: 5 }, async () => (await session.request('/until-end')).body.text()),
    );
    assert.ok(texts.every((text) => text === LARGE));
  });

  test('keeps the connection where it says so', LIMIT, async () => {
    const earlier = connections;
    for (let count = 0; count < 5; count += 1) {
      assert.equal(await (await session.request('/kept')).body.text(), 'kept');
    }
    assert.equal(connections - earlier, 1);
  });

  test('fails a body that is shorter than announced', LIMIT, async () => {
    const { body } = await session.request('/cut');
    await assert.rejects(body.text(), ConnectionLostError);
  });

  // A reset that arrives together with the last bytes is a different matter: libuv tells of it as of an orderly end.
  test('fails a body without announced length that a reset ends', LIMIT, async () => {
    const { body } = await session.request('/reset');
    const pieces: string[] = [];
    await assert.rejects(async () => {
      for await (const piece of body) {
        pieces.push(Buffer.from(piece).toString());
        half!.resetAndDestroy();
      }
    }, ConnectionLostError);
    assert.deepEqual(pieces, ['only a part']);
  });
});
