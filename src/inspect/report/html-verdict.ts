// The head of the HTML report: what was inspected and when, the verdict in a sentence, and the numbers that everybody asks for first.
import { formatDuration } from '../format-duration.ts';
import type { InspectionReport, Verdict } from '../inspection-report.ts';
import type { Measurements } from '../measurements.ts';
import { boundText } from './escape-html.ts';
import { formatLevelIcon } from './html-level.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { formatMeasuredDuration } from './measurement-row.ts';
import { countFindings } from './summary-words.ts';

/** Longer URLs are cut: whoever inspected one knows how it goes on. */
const MOST_URL_CHARACTERS = 400;

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = { good: 'Good', warn: 'With reservations', bad: 'Bad' };

const VERDICT_SENTENCES: Readonly<Record<Verdict, string>> = {
  good: 'Nothing was found that costs requests or time.',
  warn: 'It works, but something costs time, or works by luck.',
  bad: 'Requests can be lost, or promises are not kept.',
};

/** Title of the document. */
export function formatTitle({ url, verdict }: InspectionReport): string {
  return `${VERDICT_WORDS[verdict]}: ${boundText(url, 120)} – perdura check`;
}

/** See the head of the file. */
export function formatVerdict(report: InspectionReport): Markup {
  const { url, address, startedAt, durationMs, verdict, complete, measurements, findings } = report;
  const counts = findings.length === 0 ? undefined : markup`<span class="counts">${countFindings(findings)}.</span>`;
  const figures = listFigures(measurements, report.asked.maxWaitMs);
  const cut = complete
    ? undefined
    : markup`<p class="incomplete"><strong>Not complete.</strong> The inspection was cut short. What was not measured stands under <a href="#checks">Checks and cost</a>.</p>`;
  return markup`<p class="eyebrow">How it treats persistent connections</p>
<h1><bdi>${boundText(url, MOST_URL_CHARACTERS)}</bdi></h1>
<p class="verdict ${verdict}">${formatLevelIcon(verdict)}<span><strong>${VERDICT_WORDS[verdict]}.</strong> ${VERDICT_SENTENCES[verdict]} ${counts}</span></p>
${cut}<p class="when">Measured ${formatMoment(startedAt)} at <bdi>${boundText(address, 200)}</bdi>, in ${formatDuration(durationMs)}.</p>
${figures.length === 0 ? undefined : markup`<dl class="figures">${figures.map(formatFigure)}</dl>`}`;
}

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

function formatFigure({ name, value, note }: Figure): Markup {
  return markup`<div><dt>${name}</dt><dd><span class="value">${value}</span> <span class="note">${note}</span></dd></div>`;
}

/** Only what was measured. */
function listFigures(measured: Readonly<Measurements>, maxWaitMs: number): Figure[] {
  const { idleTimeoutMs, idleClose, advertisedTimeoutMs, newConnectionMs, reusedRequestMs } = measured;
  const { maxRequests, maxRequestsAnnounced, requestsTried, http11Persistent } = measured;
  const figures: Figure[] = [];
  const add = (name: string, value: string, note: string): void => void figures.push({ name, value, note });
  if (http11Persistent === false) add('Connection', 'not kept', 'closed after each answer');
  const promised =
    advertisedTimeoutMs === null ? 'nothing is promised' : `promised: ${formatDuration(advertisedTimeoutMs)}`;
  if (idleTimeoutMs !== null) add('Idle connections live', formatMeasuredDuration(idleTimeoutMs), promised);
  else if (idleClose === 'none') add('Idle connections live', `> ${formatDuration(maxWaitMs)}`, promised);
  if (maxRequests !== null) {
    const announced = maxRequestsAnnounced === true ? 'the end is announced' : 'the end is not announced';
    add('Requests per connection', maxRequests.toLocaleString('en'), announced);
  } else if (requestsTried !== null) {
    add('Requests per connection', `> ${requestsTried.toLocaleString('en')}`, 'no limit was met');
  }
  if (newConnectionMs !== null) add('Answer on a new connection', formatDuration(newConnectionMs), 'for one answer');
  if (reusedRequestMs !== null) add('Answer on an open one', formatDuration(reusedRequestMs), 'for one answer');
  return figures;
}

/** ISO 8601 for machines, the same in UTC to the second for people. */
function formatMoment(iso: string): Markup {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso);
  if (match === null) return markup`${boundText(iso, 40)}`;
  return markup`<time datetime="${iso}">${match[1]}, ${match[2]} UTC</time>`;
}
