// Shows for every file of this page whether a new connection was opened for it, from the browser's Resource Timing.
import { messages } from './messages.js';

/** Small files of this site that the button fetches again. */
const SAMPLES = ['css/tokens.css', 'css/base.css', 'css/layout.css', 'css/article.css', 'js/messages.js', 'img/race.svg'];

const root = document.querySelector('#measure');
const rows = root.querySelector('tbody');
const summary = root.querySelector('.summary');
const button = root.querySelector('button');
const siteRoot = new URL('../', import.meta.url);

/**
 * A connection was opened for this file if setting it up took time: `connectStart` and `connectEnd` are the same moment
 * where an open one was used. A file that came from the cache has no transfer at all.
 */
function judge(entry) {
  if (entry.responseStart === 0) return 'unknown';
  if (entry.transferSize === 0 && entry.decodedBodySize > 0) return 'stored';
  return entry.connectStart === entry.connectEnd ? 'reused' : 'opened';
}

function cell(name, text, className) {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function fileName(entry) {
  if (entry.entryType === 'navigation') return messages.page;
  const url = new URL(entry.name);
  return url.href.startsWith(siteRoot.href) ? url.pathname.slice(siteRoot.pathname.length) : url.pathname;
}

function toRow(entry) {
  const verdict = judge(entry);
  const row = document.createElement('tr');
  const file = cell('th', fileName(entry));
  file.scope = 'row';
  const badge = cell('td', '');
  badge.append(cell('span', messages.verdicts[verdict], `badge badge-${verdict}`));
  const time = (fromMs, toMs) => (verdict === 'stored' ? messages.noTime : messages.tenths(toMs - fromMs));
  row.append(
    file,
    badge,
    cell('td', entry.nextHopProtocol || messages.noTime),
    cell('td', time(entry.connectStart, entry.connectEnd), 'number'),
    cell('td', time(entry.requestStart, entry.responseStart), 'number'),
    cell('td', time(entry.startTime, entry.responseEnd), 'number'),
  );
  return row;
}

let fetchedAgain = false;

function show() {
  const page = fetchedAgain ? [] : performance.getEntriesByType('navigation');
  const entries = [...page, ...performance.getEntriesByType('resource')];
  rows.replaceChildren(...entries.map(toRow));
  const count = (wanted) => entries.filter((entry) => judge(entry) === wanted).length;
  summary.textContent = messages.reuseSummary(count('reused'), count('opened'), count('stored'));
}

/** One after another, past the cache, so that one connection is enough for all of them. */
async function fetchAgain() {
  button.disabled = true;
  summary.textContent = messages.measuring;
  performance.clearResourceTimings();
  fetchedAgain = true;
  try {
    for (const path of SAMPLES) {
      const response = await fetch(new URL(path, siteRoot), { cache: 'no-store' });
      await response.arrayBuffer();
    }
    show();
  } catch {
    summary.textContent = messages.failed;
  } finally {
    button.disabled = false;
  }
}

function start() {
  root.hidden = false;
  show();
  // The browser may report a file a little later than it delivers it.
  new PerformanceObserver(() => button.disabled || show()).observe({ type: 'resource' });
  button.addEventListener('click', fetchAgain);
}

if (document.readyState === 'complete') start();
else addEventListener('load', start, { once: true });
