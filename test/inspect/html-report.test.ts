// The HTML report: one file that needs nothing, whatever the server said.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NOTHING_MEASURED } from '#src/inspect/index.js';
import type { InspectionReport } from '#src/inspect/index.js';
import { formatHtml } from '#src/inspect/report/html.js';
import { anyReport, manyConnections } from './report-arbitraries.ts';
import { GOOD_REPORT, HOSTILE_REPORT, SAMPLE_REPORT } from './sample-report.ts';

const EMPTY_REPORT: InspectionReport = {
  ...GOOD_REPORT,
  measurements: NOTHING_MEASURED,
  checks: [],
  connections: [],
  cost: { connections: 0, requests: 0, bytesReceived: 0 },
};

const VOID_ELEMENTS = new Set(['meta', 'link']);

/** The elements of a document, each with its attributes. Throws where something is not closed, not quoted, or no element at all. */
function parseElements(html: string): { readonly name: string; readonly attributes: ReadonlyMap<string, string> }[] {
  const open: string[] = [];
  const elements: { name: string; attributes: Map<string, string> }[] = [];
  const body = html.replace('<!doctype html>', '');
  for (const [tag, slash, name = '', rest = '', selfClosed] of body.matchAll(
    /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s[a-z][a-zA-Z0-9:-]*="[^"<>]*")*)\s*(\/?)>|</g,
  )) {
    assert.notEqual(name, '', `no element: ${body.slice(body.indexOf(tag), 80)}`);
    if (slash === '/') {
      assert.equal(open.pop(), name);
      continue;
    }
    const attributes = [...rest.matchAll(/\s([^=]+)="([^"]*)"/g)].map(([, key = '', value = '']): [string, string] => [
      key,
      value,
    ]);
    elements.push({ name, attributes: new Map(attributes) });
    if (selfClosed !== '/' && !VOID_ELEMENTS.has(name)) open.push(name);
  }
  assert.deepEqual(open, []);
  return elements;
}

/** Of elements that a browser would load, run or follow something for. */
const ALLOWED_PLACES =
  /^(?:#[\w-]+|https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d{1,5}#section-[\d.]+|data:image\/svg\+xml,[^<>"]*)$/;

function assertHarmless(html: string): void {
  for (const { name, attributes } of parseElements(html)) {
    assert.doesNotMatch(name, /^(?:script|iframe|object|embed|form|img|image|base|foreignObject|animate|set)$/i);
    for (const [key, value] of attributes) {
      assert.doesNotMatch(key, /^(?:on|style|src|xlink:|formaction|srcdoc)/i);
      if (key === 'href') assert.match(value, ALLOWED_PLACES);
    }
  }
  assert.doesNotMatch(html, /[^\P{C}\n\t]|[\u2028\u2029]/u);
}

describe('formatHtml', () => {
  test('is well-formed, loads nothing, runs nothing and links to nothing of the server, whatever was reported', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        assertHarmless(formatHtml(report));
      }),
      { numRuns: 60 },
    );
    assertHarmless(formatHtml(HOSTILE_REPORT));
  });

  test('every coordinate is a number within the picture, whatever was reported', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        for (const { name, attributes } of parseElements(formatHtml(report))) {
          const [x, width] = ['x', 'width'].map((key) => attributes.get(key));
          if (name === 'svg' || name === 'pattern' || x === undefined) continue;
          assert.match(x, /^\d+(?:\.\d+)?%$/);
          const right = Number.parseFloat(x) + Number.parseFloat(width ?? '0');
          assert.ok(right >= 0 && right <= 100.02, `${x} ${width}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('its policy allows its two styles and nothing else', () => {
    const html = formatHtml(SAMPLE_REPORT);
    const styles = [...html.matchAll(/<style>([^]*?)<\/style>/g)].map(([, style = '']) => style);
    const hashes = styles.map((style) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    assert.equal(styles.length, 2);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    assert.equal(
      policy,
      `default-src 'none'; style-src ${hashes.join(' ')}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    assert.ok(html.indexOf('Content-Security-Policy') < html.indexOf('<style>'));
  });

  test('every link within the page leads somewhere, and no name is given twice', () => {
    for (const report of [SAMPLE_REPORT, GOOD_REPORT, HOSTILE_REPORT, EMPTY_REPORT]) {
      const elements = parseElements(formatHtml(report));
      const ids = elements.map(({ attributes }) => attributes.get('id')).filter((id) => id !== undefined);
      assert.deepEqual(ids.length, new Set(ids).size);
      for (const { attributes } of elements) {
        const targets = [
          ...(attributes.get('href')?.startsWith('#') === true ? [attributes.get('href')?.slice(1)] : []),
          ...(attributes.get('aria-labelledby')?.split(' ') ?? []),
        ];
        for (const target of targets) assert.ok(ids.includes(target ?? ''), target);
      }
    }
  });

  test('has landmarks, one first heading, and no heading that skips a level', () => {
    const html = formatHtml(SAMPLE_REPORT);
    const elements = parseElements(html);
    for (const name of ['header', 'nav', 'main', 'footer', 'h1'])
      assert.equal(elements.filter((element) => element.name === name).length, 1, name);
    const levels = elements.map(({ name }) => /^h([1-6])$/.exec(name)?.[1]).filter((level) => level !== undefined);
    levels.map(Number).reduce((before, level) => {
      assert.ok(level <= before + 1, `h${before} then h${level}`);
      return level;
    }, 0);
    assert.match(html, /<html lang="en">/);
  });

  test('says everything there is to say of a finding', () => {
    const html = formatHtml(SAMPLE_REPORT);
    for (const { id, title, detail, explanation, remedy, rfc, settings } of SAMPLE_REPORT.findings) {
      for (const text of [id, title, detail, explanation, remedy, rfc, ...settings.map(({ setting }) => setting)])
        assert.ok(html.includes(text), text);
    }
    assert.match(html, /href="https:\/\/www\.rfc-editor\.org\/rfc\/rfc9112#section-9\.3"[^>]*>RFC 9112 §9\.3</);
    assert.match(html, /Seen on connection <a href="#connection-1">1<\/a>, <a href="#connection-4">4<\/a>/);
    const places = SAMPLE_REPORT.findings.map(({ title }) => html.indexOf(title));
    assert.deepEqual(
      places,
      places.toSorted((left, right) => left - right),
    );
  });

  test('says what was advised and why, what was not measured and why, and what it cost', () => {
    const html = formatHtml(SAMPLE_REPORT);
    for (const text of [
      ...Object.values(SAMPLE_REPORT.advice.client.reasons),
      ...Object.values(SAMPLE_REPORT.advice.server.reasons),
      'it is no https: URL',
      '13 connections, 117 requests, and 11,232 bytes',
      'behind aws-alb',
    ])
      assert.ok(html.includes(text), text);
  });

  test('what stands in backticks is code, and a single backtick is text', () => {
    const [finding] = SAMPLE_REPORT.findings;
    assert.ok(finding !== undefined);
    const html = formatHtml({ ...SAMPLE_REPORT, findings: [{ ...finding, remedy: 'Say `a<b>` or `c', detail: '`' }] });
    assert.ok(html.includes('<bdi>Say <code>a&lt;b&gt;</code> or `c</bdi>'));
    assert.ok(html.includes('<p class="detail"><bdi>`</bdi></p>'));
  });

  test('every connection has its lane, its words and its transcript', () => {
    const html = formatHtml(SAMPLE_REPORT);
    for (const { id, purpose } of SAMPLE_REPORT.connections) {
      assert.ok(html.includes(`id="connection-${id}"`), String(id));
      assert.ok(html.includes(`<bdi>${purpose}</bdi>`), purpose);
    }
    assert.match(html, />idle 5\.00 s, then RST from the server</);
    assert.match(html, />GET \/ HTTP\/1\.1<span class="line-end">\\r\\n<\/span>/);
    assert.match(html, /<li class="pause">20\.05 s pass<\/li>/);
  });

  test('a report of nothing, of one connection and of forty is whole', () => {
    for (const connections of [[], manyConnections(1), manyConnections(40)]) {
      const html = formatHtml({ ...EMPTY_REPORT, connections });
      assertHarmless(html);
      assert.equal(html.match(/<svg class="lane"/g)?.length ?? 0, connections.length);
      assert.doesNotMatch(html, /NaN|undefined|Infinity|\[object/);
    }
  });

  test('does not grow without end with what a server sends', () => {
    const long = '\u0000'.repeat(100_000);
    const flooded = {
      ...SAMPLE_REPORT,
      url: long,
      measurements: { ...SAMPLE_REPORT.measurements, server: long, altSvc: long, closeIgnoredFor: [long, long] },
      connections: SAMPLE_REPORT.connections.map((story) => ({
        ...story,
        purpose: long,
        events: story.events.map((event) => ({ ...event, text: long })),
      })),
    };
    assert.ok(formatHtml(flooded).length < 2_000_000);
  });

  test('is the same for the same report', () => {
    assert.equal(formatHtml(SAMPLE_REPORT), formatHtml(structuredClone(SAMPLE_REPORT)));
  });
});
