// The example site in Chromium over TLS: with HTTP/2 on one connection, with HTTP/1.1 on up to six.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { staticFiles } from '#src/server/static/index.js';
import { TracedServer } from '../integration/traced-server.ts';
import type { ConnectionStory } from '../integration/traced-server.ts';
import { identity } from '../io/opening.ts';
import { externalProgram } from '../support/external-program.ts';
import { Chromium } from './chromium.ts';
import { Page } from './page.ts';

/** As many as browsers open to one host in HTTP/1.1. */
const BROWSER_CONNECTIONS = 6;

const chromium = externalProgram('chromium');
const LIMIT = { ...chromium, timeout: 60_000 };
// Compiled, this file is build/test/browser/tls-site.test.js.
const site = path.resolve(import.meta.dirname, '../../../examples/site');

let browser: Chromium;
before(async () => {
  if (chromium.skip === false) browser = await Chromium.launch(chromium.path);
});
after(() => browser?.[Symbol.asyncDispose]());

/** Loads the page that has most on it, and returns the connections that carried something. */
async function load(context: TestContext, http2: boolean): Promise<readonly ConnectionStory[]> {
  await using traced = await TracedServer.start({
    handler: staticFiles(site, { notFound: '404.html' }),
    tls: identity('localhost'),
    http2,
  });
  const page = await Page.open(browser);
  // The authority of the tests is none that a browser knows.
  await page.send('Security.setIgnoreCertificateErrors', { ignore: true });
  await page.goTo(traced.url('/en/'));
  assert.deepEqual(page.problems, []);
  assert.deepEqual(new Set(page.resources.map(({ protocol }) => protocol)), new Set([http2 ? 'h2' : 'http/1.1']));
  assert.ok(page.resources.length >= 8);
  assert.equal(await page.evaluate('[...document.images].every((image) => image.naturalWidth > 0)'), true);
  const loaded = page.resources.length;
  await page.goTo(traced.url('/en/http-1.html'));
  // Over HTTP/1.1 it may still be the first to use a connection that Chromium had opened ahead of need.
  assert.equal(page.resources.find(({ type }) => type === 'Document')?.reused, true);
  const carrying = traced.stories.filter(({ exchanges }) => exchanges.length > 0);
  const used = carrying.map(({ exchanges }) => exchanges.length);
  const name = http2 ? 'HTTP/2' : 'HTTP/1.1';
  context.diagnostic(
    `${name}: ${loaded} resources of the first page, ${used.length} connections, ${used.join(' + ')} answers in all`,
  );
  for (const { exchanges } of carrying)
    for (const { connection } of exchanges) assert.equal(connection.tls?.alpn, http2 ? 'h2' : 'http/1.1');
  return carrying;
}

describe('the example site in Chromium over TLS', () => {
  test('needs one connection with HTTP/2', LIMIT, async (context) => {
    const connections = await load(context, true);
    assert.equal(connections.length, 1);
  });

  test('needs several connections without it, up to six', LIMIT, async (context) => {
    const connections = await load(context, false);
    assert.ok(connections.length > 1 && connections.length <= BROWSER_CONNECTIONS, `${connections.length} connections`);
  });
});
