// The bad peer on loopback: what real sockets show of its endings, listening and restarting, and the example of its document.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { ListenError, MisuseError, OptionError } from '#src/errors.js';
import { BAD_PEER_FAULT_KINDS, startBadPeer } from '#src/testing/bad-peer/index.js';
import type { ListeningBadPeer, ListeningBadPeerOptions } from '#src/testing/bad-peer/index.js';
import { RawConnection } from '../support/raw-client.ts';
import { formatLog, GET, OK, POST } from './bad-peer-fixture.ts';

// Compiled, this file is build/test/testing/bad-peer-sockets.test.js.
const root = path.resolve(import.meta.dirname, '../../..');
const page = readFileSync(path.join(root, 'docs/bad-peer.md'), 'utf8');

async function start(context: TestContext, options: ListeningBadPeerOptions = {}): Promise<ListeningBadPeer> {
  const peer = await startBadPeer({ handler: () => ({ body: 'ok' }), ...options });
  context.after(() => peer.close());
  return peer;
}

async function connect(context: TestContext, peer: ListeningBadPeer): Promise<RawConnection> {
  const connection = await RawConnection.open(peer.port);
  context.after(() => connection.destroy());
  return connection;
}

describe('a bad peer on loopback', () => {
  test('serves many requests on one connection, and says where it is', async (context) => {
    const peer = await start(context, { handler: undefined });
    assert.equal(peer.url, `http://127.0.0.1:${peer.port}/`);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    context.after(() => agent.destroy());
    for (const number of [1, 2, 3]) {
      const body = await new Promise<string>((resolve, reject) => {
        const request = http.get(`${peer.url}${number}`, { agent }, (response) => {
          response.setEncoding('utf8').on('data', resolve);
        });
        request.on('error', reject);
      });
      assert.deepEqual(JSON.parse(body), {
        id: `/${number}`,
        method: 'GET',
        target: `/${number}`,
        body: '',
        bodyBytes: 0,
        connection: 1,
        number,
      });
    }
    assert.equal(peer.openConnections, 1);
  });

  test('ends an idle connection with FIN after its time, and answers what comes late with RST', async (context) => {
    const peer = await start(context, { fault: { kind: 'closeWhenIdle', afterMs: 20 } });
    const client = await connect(context, peer);
    client.write(GET());
    assert.equal(await client.readToEnd(), OK);
    assert.equal(client.ending, 'fin');
    const [answered, fin] = [await peer.waitFor('answered'), await peer.waitFor('fin')];
    // Timers of Node.js count from the loop's idea of now, which may be a millisecond old.
    assert.ok(fin.atMs - answered.atMs >= 19, `${fin.atMs - answered.atMs} ms`);
    client.write(GET('/late'));
    await peer.waitFor('closed');
    assert.equal(peer.executed('/late'), 0);
    assert.deepEqual(formatLog(peer.log).slice(-4), ['fin by peer', 'ignored 31', 'reset', 'closed']);
  });

  test('breaks an idle connection with RST', async (context) => {
    const peer = await start(context, { fault: { kind: 'closeWhenIdle', ending: 'reset', afterMs: 5 } });
    const client = await connect(context, peer);
    client.write(GET());
    assert.equal(await client.readUntil('ok'), OK);
    await client.readToEnd();
    assert.equal(client.ending, 'reset');
  });

  test('executes what arrives behind its FIN where it only half-closes: FIN proves nothing', async (context) => {
    const peer = await start(context, { fault: { kind: 'closeWhenIdle', ending: 'halfClose' } });
    const client = await connect(context, peer);
    client.write(GET());
    await client.readToEnd();
    client.write(POST('/pay', 'x'));
    await peer.waitFor((event) => event.type === 'executed' && event.id === '/pay');
    assert.equal(client.ending, 'fin');
    client.end();
    await peer.waitFor('closed');
  });

  test('sends poison with the answer, and what comes next belongs to nobody', async (context) => {
    const peer = await start(context, { fault: { kind: 'poison', place: 'behindAnswer', when: { request: 1 } } });
    const client = await connect(context, peer);
    client.write(GET());
    assert.equal(await client.readUntil('poison'), `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`);
    client.write(GET());
    assert.equal(await client.readUntil('ok'), OK);
  });

  test('truncates a body with FIN', async (context) => {
    const peer = await start(context, { fault: { kind: 'shortBody' } });
    const client = await connect(context, peer);
    client.write(GET());
    assert.equal(await client.readToEnd(), OK.slice(0, -1));
    assert.equal(client.ending, 'fin');
  });

  test('is silent in a black hole, and close() still ends it', async (context) => {
    const peer = await start(context, { fault: { kind: 'blackHole', at: 'accept', reads: false } });
    const client = await connect(context, peer);
    client.write(GET());
    await peer.waitFor('fault');
    assert.equal(client.ending, undefined);
    await peer.close();
    await client.readToEnd();
    assert.equal(peer.openConnections, 0);
  });
});

describe('restarting a bad peer', () => {
  test('cuts the connections in the middle of a request, refuses new ones, and serves on the same port again', async (context) => {
    const peer = await start(context);
    const client = await connect(context, peer);
    const hold = peer.hold();
    client.write(GET('/under-way'));
    await hold.reached;
    const { port } = peer;
    const restarted = peer.restart({ downMs: 50, ending: 'reset' });
    assert.equal(peer.isListening, false);
    await assert.rejects(RawConnection.open(port), { code: 'ECONNREFUSED' });
    await client.readToEnd();
    assert.equal(client.ending, 'reset');
    await restarted;
    assert.equal(peer.port, port);
    const second = await connect(context, peer);
    second.write(GET('/under-way'));
    assert.equal(await second.readUntil('ok'), OK);
    assert.equal(peer.executed('/under-way'), 2);
    // What had waited is gone for good.
    hold.release();
    assert.equal(peer.log.filter(({ type }) => type === 'answered').length, 1);
  });

  test('without a pause it only cuts, by default with FIN', async (context) => {
    const peer = await start(context);
    const client = await connect(context, peer);
    client.write(GET());
    await client.readUntil('ok');
    await peer.restart();
    await client.readToEnd();
    assert.equal(client.ending, 'fin');
    assert.equal(peer.isListening, true);
  });

  test('stops listening and listens again; connections that exist live on', async (context) => {
    const peer = await start(context);
    const client = await connect(context, peer);
    client.write(GET());
    await client.readUntil('ok');
    peer.stopListening();
    await assert.rejects(RawConnection.open(peer.port), { code: 'ECONNREFUSED' });
    client.write(GET());
    assert.equal(await client.readUntil('ok'), OK);
    await peer.listen();
    await assert.rejects(peer.listen(), MisuseError);
    await connect(context, peer);
  });

  test('is not started twice on one port, and not again once it is closed', async (context) => {
    const peer = await start(context);
    await assert.rejects(startBadPeer({ port: peer.port }), ListenError);
    await assert.rejects(peer.restart({ downMs: -1 }), OptionError);
    await assert.rejects(peer.restart({ pauseMs: 1 } as object), OptionError);
    assert.equal(peer.isListening, true);
    const restarted = peer.restart({ downMs: Infinity });
    await assert.rejects(peer.restart(), MisuseError);
    await peer.close();
    await restarted;
    assert.equal(peer.isListening, false);
    await assert.rejects(peer.listen(), MisuseError);
    await assert.rejects(peer.restart(), MisuseError);
  });
});

describe('docs/bad-peer.md', () => {
  test('has a row for every fault', () => {
    const rows = Array.from(page.matchAll(/^\| `(\w+)` \|/gm), ([, kind]) => kind);
    assert.equal(rows.length, BAD_PEER_FAULT_KINDS.length);
    assert.deepEqual(new Set(rows), new Set(BAD_PEER_FAULT_KINDS));
  });

  test('has examples that print what it says', async (context) => {
    const examples = Array.from(page.matchAll(/```js\n([^]*?)```\s+```text\n([^]*?)```/g));
    assert.equal(examples.length, 2);
    // Within the package, so that they find `perdura` by its own name.
    const file = path.join(root, 'build/bad-peer-example.mjs');
    context.after(() => rmSync(file));
    for (const [, example = '', printed] of examples) {
      writeFileSync(file, example);
      const { stdout } = await promisify(execFile)(process.execPath, [file]);
      assert.equal(stdout, printed);
    }
  });
});
