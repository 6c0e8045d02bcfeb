// The example site in Chromium: nothing fails, and the browser does with its connections what the site tells its readers.
// Screenshots are left in build/screenshots for people to look at.
import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { staticFiles } from '#src/server/static/index.js';
import { TracedServer } from '../integration/traced-server.ts';
import { externalProgram } from '../support/external-program.ts';
import { Chromium } from './chromium.ts';
import { Page } from './page.ts';

/** As many as browsers open to one host. */
const BROWSER_CONNECTIONS = 6;

const chromium = externalProgram('chromium');
const LIMIT = { ...chromium, timeout: 60_000 };
// Compiled, this file is build/test/browser/example-site.test.js.
const root = path.resolve(import.meta.dirname, '../../..');
const site = path.join(root, 'examples/site');
const screenshots = path.join(root, 'build/screenshots');

const pages = (await readdir(site, { recursive: true }))
  .filter((file) => file.endsWith('.html') && file !== '404.html')
  .map((file) => `/${file.replace(/(^|\/)index\.html$/, '$1')}`)
  .toSorted();

let traced: TracedServer;
let browser: Chromium;
before(async () => {
  await mkdir(screenshots, { recursive: true });
  traced = await TracedServer.start({ handler: staticFiles(site, { notFound: '404.html' }) });
  if (chromium.skip === false) browser = await Chromium.launch(chromium.path);
});
after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await traced[Symbol.asyncDispose]();
});

describe('the example site in Chromium', () => {
  let page: Page;
  beforeEach(async () => {
    if (chromium.skip === false) page = await Page.open(browser);
  });

  test('the first page needs at most six connections, and more requests than connections', LIMIT, async () => {
    await page.goTo(traced.url('/en/'));
    assert.deepEqual(page.problems, []);
    // Chromium opens connections ahead of need; those that never carried a request are no cost of the page.
    const carrying = traced.stories.filter(({ exchanges }) => exchanges.length > 0);
    const used = carrying.map(({ exchanges }) => exchanges.length);
    assert.ok(used.length <= BROWSER_CONNECTIONS, `${used.length} connections`);
    assert.ok(Math.max(...used) > 1, `answers on each connection: ${used.join(' ')}`);
    assert.ok(traced.exchanges.every(({ persistent }) => persistent));
    assert.ok(page.resources.length >= 8);
    assert.deepEqual(new Set(page.resources.map(({ protocol }) => protocol)), new Set(['http/1.1']));
    assert.ok(traced.closeReasons.every((reason) => reason === undefined));
  });

  test('the next page is asked for on a connection that the last one used, and opens none', LIMIT, async () => {
    await page.goTo(traced.url('/en/'));
    const opened = traced.stories.length;
    await page.goTo(traced.url('/en/http-1.html'));
    const document = page.resources.find(({ type }) => type === 'Document');
    assert.equal(document?.reused, true);
    assert.ok(page.resources.every(({ reused }) => reused));
    assert.equal(traced.stories.length, opened);
    assert.deepEqual(page.problems, []);
  });

  test('the measurement of the site itself says that every file came over an open connection', LIMIT, async () => {
    await page.goTo(traced.url('/en/see-it.html'));
    const verdicts = await page.evaluate(`new Promise((resolve) => {
      const body = document.querySelector('#measure tbody');
      const look = () => {
        const badges = [...body.querySelectorAll('.badge')].map((badge) => badge.className);
        if (badges.length === 6) resolve(badges);
      };
      new MutationObserver(look).observe(body, { childList: true, subtree: true });
      document.querySelector('#measure button').click();
    })`);
    assert.deepEqual(
      verdicts,
      Array.from({ length: 6 }, () => 'badge badge-reused'),
    );
    assert.deepEqual(page.problems, []);
  });

  for (const target of pages) {
    test(`${target} loads without a problem, wide and light, narrow and dark`, LIMIT, async () => {
      const name =
        target === '/' ? 'index' : target.slice(1).replace(/\/$/, '').replaceAll('/', '-').replace('.html', '');
      await page.emulate(1280, 900, false);
      await page.goTo(traced.url(target));
      await page.takeScreenshot(path.join(screenshots, `${name}.wide.png`));
      await page.emulate(390, 844, true);
      await page.takeScreenshot(path.join(screenshots, `${name}.narrow-dark.png`));
      assert.deepEqual(page.problems, []);
      assert.notEqual(await page.evaluate('document.title'), '');
      // Nothing sticks out: no page has to be pushed sideways.
      assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
      assert.equal(await page.evaluate('[...document.images].every((image) => image.naturalWidth > 0)'), true);
    });
  }
});
