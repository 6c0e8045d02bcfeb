// Heartbeats on the responses of the frameworks that servers are written with.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import express from 'express';
import Fastify from 'fastify';
import Koa from 'koa';
import { sseHeartbeat } from '#src/heartbeat/index.js';
import type { HeartbeatWritable } from '#src/heartbeat/index.js';
import { ManualClock } from '#src/testing/index.js';

const TYPE = { 'content-type': 'text/event-stream' };

/** A listener of node:http that opens a stream of events and gives what heartbeats are written to. */
type Framework = (begin: (writable: HeartbeatWritable) => void) => Promise<http.RequestListener>;

const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  Express: async (begin) => {
    const app = express();
    app.get('/', (_request, response) => {
      response.writeHead(200, TYPE).flushHeaders();
      begin(response);
    });
    return app;
  },
  Fastify: async (begin) => {
    const app = Fastify();
    app.get('/', (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, TYPE).flushHeaders();
      begin(reply.raw);
    });
    await app.ready();
    return (request, response) => app.routing(request, response);
  },
  'Koa, by a stream': async (begin) => {
    const app = new Koa();
    app.use((context) => {
      const body = new PassThrough();
      context.type = 'text/event-stream';
      context.body = body;
      begin(body);
    });
    return app.callback();
  },
  'Koa, by its response': async (begin) => {
    const app = new Koa();
    app.use((context) => {
      context.respond = false;
      context.res.writeHead(200, TYPE).flushHeaders();
      begin(context.res);
    });
    return app.callback();
  },
};

for (const [name, framework] of Object.entries(FRAMEWORKS)) {
  test(`a stream of ${name} has heartbeats until its client is gone`, { timeout: 20_000 }, async (t) => {
    const clock = new ManualClock();
    let closed: Promise<unknown> | undefined;
    const listener = await framework((writable) => {
      sseHeartbeat(writable, { intervalMs: 1_000, random: () => 0, clock });
      closed = new Promise<void>((resolve) => void writable.on('close', resolve));
    });
    const server = http.createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const request = http.get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false });
    const [incoming] = (await once(request, 'response')) as [http.IncomingMessage];
    assert.match(incoming.headers['content-type']!, /^text\/event-stream/);
    incoming.setEncoding('utf8');
    assert.deepEqual(await once(incoming, 'data'), ['heartbeat: 1000\n\n']);
    for (let count = 0; count < 3; count += 1) {
      const piece = once(incoming, 'data');
      clock.advance(1_000);
      assert.deepEqual(await piece, [': \n\n']);
    }
    request.destroy();
    await closed;
    assert.equal(clock.pendingTimers, 0);
  });
}
