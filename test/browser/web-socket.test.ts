// WebSockets of a browser: it answers the pings of the server by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { Response, serve, upgradeWebSocket } from '#src/server/index.js';
import type { WebSocketUpgrade } from '#src/server/index.js';
import { externalProgram } from '../support/external-program.ts';
import { Chromium } from './chromium.ts';
import { Page } from './page.ts';

const chromium = externalProgram('chromium');

test(
  'a browser answers pings, and its page, which says nothing, keeps its socket',
  { ...chromium, timeout: 60_000 },
  async (t) => {
    await using browser = await Chromium.launch(chromium.path);
    const library = new WebSocketServer({ noServer: true });
    const upgrades: WebSocketUpgrade<unknown>[] = [];
    const server = await serve({
      port: 0,
      fetch: async (request, context) => {
        if (!request.url.endsWith('/socket'))
          return new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
        const heartbeat = { intervalMs: 50, timeoutMs: 1_000, tolerance: 2 };
        const upgrade = await upgradeWebSocket(library, request, context, { heartbeat });
        upgrades.push(upgrade);
        return upgrade.answer;
      },
    });
    t.after(() => server.destroy());
    const page = await Page.open(browser);
    await page.goTo(server.url);
    const opened = await page.evaluate(`
    globalThis.socket = new WebSocket(location.href.replace('http', 'ws') + 'socket');
    new Promise((resolve) => { socket.onopen = () => resolve('open'); })`);
    assert.equal(opened, 'open');
    const { heartbeat } = upgrades[0]!;
    while (heartbeat!.stats().acknowledged < 10) await new Promise((resolve) => heartbeat!.on('ack', resolve));
    assert.equal(await page.evaluate('socket.readyState'), 1);
    assert.equal(heartbeat!.stats().missedInAll, 0);
    assert.equal(
      await page.evaluate(
        'new Promise((resolve) => { socket.onclose = ({ code }) => resolve(code); socket.close(4000); })',
      ),
      4000,
    );
  },
);
