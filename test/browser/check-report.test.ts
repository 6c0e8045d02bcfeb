// The HTML report of an inspection in Chromium: it fits every window, can be read in light and dark, and asks nobody for anything.
// Screenshots are left in build/screenshots for people to look at.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { InspectionReport } from '#src/inspect/index.js';
import { formatHtml } from '#src/inspect/report/html.js';
import { manyConnections } from '../inspect/report-arbitraries.ts';
import { HOSTILE_REPORT, SAMPLE_REPORT } from '../inspect/sample-report.ts';
import { externalProgram } from '../support/external-program.ts';
import { Chromium } from './chromium.ts';
import { Page } from './page.ts';

const chromium = externalProgram('chromium');
const LIMIT = { ...chromium, timeout: 60_000 };
// Compiled, this file is build/test/browser/check-report.test.js.
const screenshots = path.resolve(import.meta.dirname, '../../../build/screenshots');

const REPORTS: Readonly<Record<string, InspectionReport>> = {
  sample: SAMPLE_REPORT,
  hostile: HOSTILE_REPORT,
  forty: { ...SAMPLE_REPORT, findings: [], connections: manyConnections(40) },
};

const WINDOWS = [
  [320, 640],
  [390, 844],
  [700, 900],
  [1_280, 900],
] as const;

/** Runs in the page: what of it cannot be read, one line each. All lanes and remarks are open by then. */
const UNREADABLE = `(() => {
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((left, right) => left - right);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color[3] === undefined || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === '' || element.closest('.unseen, title, desc')) continue;
    const style = getComputedStyle(element);
    if (!element.checkVisibility() || style.display === 'none') continue;
    const label = element.textContent.slice(0, 40) + ' in ' + element.tagName + '.' + element.getAttribute('class');
    texts += 1;
    if (Number.parseFloat(style.fontSize) < 12) faults.push(style.fontSize + ': ' + label);
    const isDrawn = element instanceof SVGElement;
    if (isDrawn && element.getScreenCTM().a !== 1) faults.push('scaled: ' + label);
    const color = parse(isDrawn ? style.fill : style.color);
    const mark = isDrawn && element.closest('.lane')?.querySelector('.mark.' + CSS.escape(element.classList[0] ?? 'none'));
    const behind = mark ? parse(getComputedStyle(mark).fill) : ground(element.closest('div, li, p, td, th, summary, body') ?? element);
    const found = contrast(color, element.closest('pre') ? ground(element) : behind);
    if (found < 4.5) faults.push(found.toFixed(2) + ' to 1: ' + label);
    const box = element.getBoundingClientRect();
    if (!element.closest('.skip') && (box.left < -0.5 || box.right > innerWidth + 0.5)) faults.push('sticks out: ' + label);
  }
  if (texts < 50) faults.push('only ' + texts + ' texts');
  return faults;
})()`;

/** Runs in the page: what of the picture lies on something else or beyond its place, one line each. */
const MISPLACED = `(() => {
  const faults = [];
  const lanes = [...document.querySelectorAll('svg.lane')];
  const box = (element) => element.getBoundingClientRect();
  lanes.reduce((before, lane) => {
    if (before && box(lane).top < box(before).bottom - 0.5) faults.push('lanes overlap');
    return lane;
  }, undefined);
  for (const lane of [...lanes, document.querySelector('svg.axis')]) {
    const place = box(lane);
    if (place.width < 200 || place.height < 20) faults.push('small: ' + place.width + ' x ' + place.height);
    for (const mark of lane.querySelectorAll('rect.mark')) {
      if (box(mark).left < place.left - 1.5 || box(mark).right > place.right + 1.5) faults.push('mark outside');
      if (box(mark).top < place.top || box(mark).bottom > place.bottom) faults.push('mark above or below');
    }
    const labels = [...lane.querySelectorAll('text')].filter((label) => getComputedStyle(label).display !== 'none' && label.checkVisibility());
    for (const label of labels) {
      const kind = label.classList[0];
      const marks = [...lane.querySelectorAll('rect.mark.' + CSS.escape(kind ?? 'none'))];
      if (marks.length > 0 && !marks.some((mark) => box(mark).left <= box(label).left && box(label).right <= box(mark).right))
        faults.push('wider than its mark: ' + label.textContent);
      for (const other of labels) {
        if (other !== label && box(label).left < box(other).right && box(other).left < box(label).right) faults.push('labels overlap: ' + label.textContent + ', ' + other.textContent);
      }
    }
  }
  return faults;
})()`;

let server: Server;
let browser: Chromium;
let asked: string[] = [];
before(async () => {
  await mkdir(screenshots, { recursive: true });
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const report = REPORTS[(request.url ?? '').slice(1)];
    response.writeHead(report === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(report === undefined ? '' : formatHtml(report));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  if (chromium.skip === false) browser = await Chromium.launch(chromium.path);
});
after(async () => {
  await browser?.[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
});

describe('the report of an inspection in Chromium', () => {
  let page: Page;
  const open = async (name: string): Promise<void> => {
    asked = [];
    await page.goTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`);
  };
  beforeEach(async () => {
    if (chromium.skip === false) page = await Page.open(browser);
  });

  for (const name of Object.keys(REPORTS)) {
    // The others have to hold at the ends only.
    for (const [width, height] of name === 'sample' ? WINDOWS : [WINDOWS[0], WINDOWS[3]]) {
      test(`${name}: fits a window of ${width} pixels and can be read there, in light and dark`, LIMIT, async () => {
        await page.emulate(width, height, false);
        await open(name);
        for (const isDark of [false, true]) {
          await page.emulate(width, height, isDark);
          const scheme = isDark ? 'dark' : 'light';
          await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = false');
          await page.takeScreenshot(path.join(screenshots, `check-report.${name}.${width}.${scheme}.png`));
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
          await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
          assert.deepEqual(await page.evaluate(UNREADABLE), []);
          assert.deepEqual(await page.evaluate(MISPLACED), []);
          const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
          assert.equal(ground, isDark ? 'rgb(21, 24, 27)' : 'rgb(250, 248, 244)');
        }
        assert.deepEqual(page.problems, []);
        assert.deepEqual(asked, [`/${name}`]);
      });
    }
  }

  test('what cannot be read or lies on something else would be noticed', LIMIT, async () => {
    await page.emulate(390, 844, false);
    await open('sample');
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
    const spoil = async (name: string, value: string): Promise<void> => {
      await page.evaluate(`document.documentElement.style.setProperty('${name}', '${value}')`);
    };
    await spoil('--soft', '#a0a0a0');
    await spoil('--wait-soft', '#404040');
    const faults = (await page.evaluate(UNREADABLE)) as string[];
    assert.ok(
      faults.some((fault) => fault.includes('closed by us in SPAN.what')),
      faults.join('; '),
    );
    assert.ok(
      faults.some((fault) => fault.includes('idle 5.00 s in text.idle')),
      faults.join('; '),
    );
    await page.evaluate('document.querySelector("svg.lane .mark.idle").setAttribute("width", "1%")');
    await page.evaluate(
      'for (const mark of document.querySelectorAll("svg.lane .mark.silent")) mark.setAttribute("x", "90%")',
    );
    const misplaced = (await page.evaluate(MISPLACED)) as string[];
    assert.ok(misplaced.includes('mark outside'), misplaced.join('; '));
  });

  test(
    'is printed dark on white, whatever the screen prefers, and without what only a screen needs',
    LIMIT,
    async () => {
      await page.emulate(718, 1_000, true);
      await open('sample');
      const features = [{ name: 'prefers-color-scheme', value: 'dark' }];
      await page.send('Emulation.setEmulatedMedia', { media: 'print', features });
      const styleOf = async (selector: string, property: string): Promise<unknown> =>
        page.evaluate(`getComputedStyle(document.querySelector('${selector}')).${property}`);
      assert.deepEqual(
        [
          await styleOf('body', 'backgroundColor'),
          await styleOf('body', 'color'),
          await styleOf(':root', 'colorScheme'),
          await styleOf('nav', 'display'),
          await styleOf('.axis-row', 'position'),
        ],
        ['rgb(255, 255, 255)', 'rgb(34, 48, 60)', 'light', 'none', 'static'],
      );
      assert.deepEqual(await page.evaluate(UNREADABLE), []);
      await page.send('Emulation.setEmulatedMedia', { media: '', features });
    },
  );

  test('a link from a finding opens the transcript of its connection', LIMIT, async () => {
    await page.emulate(1_280, 900, false);
    await open('sample');
    const isOpen = 'document.querySelector("#connection-4").closest("details").open';
    assert.equal(await page.evaluate(isOpen), false);
    await page.evaluate('document.querySelector("a[href=\'#connection-4\']").click()');
    await page.evaluate('new Promise(requestAnimationFrame)');
    assert.equal(await page.evaluate(isOpen), true);
  });

  test('the keyboard reaches every lane, and shows where it is', LIMIT, async () => {
    await page.emulate(1_280, 900, false);
    await open('sample');
    const reached = new Set<unknown>();
    for (let step = 0; step < 60; step += 1) {
      await page.send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 });
      const [outline, lane] = (await page.evaluate(
        '[getComputedStyle(document.activeElement).outlineStyle, document.activeElement.matches("summary") ? document.activeElement.querySelector(".number")?.textContent ?? "" : ""]',
      )) as [string, string];
      if (lane !== '') {
        reached.add(lane);
        assert.equal(outline, 'solid');
      }
    }
    assert.equal(reached.size, SAMPLE_REPORT.connections.length);
  });

  test('runs no script, even one that somebody else puts into it', LIMIT, async () => {
    await open('sample');
    const blocked = await page.evaluate(`new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective), { once: true });
      const script = document.createElement('script');
      script.textContent = 'document.title = "run"';
      document.body.append(script);
    })`);
    assert.equal(blocked, 'script-src-elem');
    assert.notEqual(await page.evaluate('document.title'), 'run');
  });
});
