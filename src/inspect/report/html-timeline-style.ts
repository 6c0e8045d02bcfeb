// The style of the timelines and transcripts of the HTML report. Uses the colours of the page.
// A change here changes its hash: the test of the page says the new one.
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** SHA-256 of the style, for the policy of the page. */
export const TIMELINE_STYLE_HASH = 'xhurQt60V8sRSOu0JxRqo0dXhJq+c98hNUulIYm3nxg=';

export const TIMELINE_STYLE: Markup = markup`
.lede { font-size: 1.0625em; }
.how { margin-block-start: 0.5rem; color: var(--soft); font-size: 0.9375em; }
.legend { display: flex; flex-wrap: wrap; gap: 0.375rem 1.5rem; padding: 0; margin-block: 1.25rem 0.75rem; font: 0.875rem / 1.5 var(--ui); list-style: none; }
.legend li { display: flex; gap: 0.5rem; align-items: center; }
.sign { flex: none; width: 1.75rem; height: 1.625rem; }

.timelines { --end: 1.75rem; --start: 0.375rem; font-family: var(--ui); }
.axis-row { position: sticky; inset-block-start: 0; z-index: 1; padding-block-start: 0.75rem; background: var(--page); }
svg.axis, svg.lane { display: block; width: calc(100% - var(--end) - var(--start)); margin-inline: var(--start) var(--end); overflow: visible; }
svg.axis { height: 2.25rem; }
svg.lane { height: 2.75rem; }
.axis line { stroke: var(--soft); }
.axis .rule { stroke: var(--rule); }
.axis text { fill: var(--soft); text-anchor: middle; }
svg text { font: 0.8125rem var(--ui); font-variant-numeric: tabular-nums; fill: var(--ink); }
#hatch path { stroke: var(--soft); stroke-width: 1; opacity: 0.35; }
.cuts { fill: url(#hatch); }

.mark { stroke-width: 1.5; fill: var(--page); }
.mark.exchange { fill: var(--accent); stroke: var(--accent); }
.mark.idle { fill: var(--wait-soft); stroke: var(--wait); }
.mark.silent { stroke: var(--soft); stroke-dasharray: 1.5 3; }
.mark.unanswered { stroke: var(--other); stroke-dasharray: 5 3; }
.mark.omitted { fill: var(--accent-soft); stroke: var(--accent); stroke-dasharray: 3 2; }
.mark.line { fill: var(--soft); stroke: none; }
.mark.line.idle { fill: var(--wait); }
.mark.line.unanswered { fill: var(--other); }
.end { fill: none; stroke: var(--ink); stroke-width: 3; }
.end.peerReset, .end.failed { stroke: var(--alarm); }
.end.peerCloseNotify { fill: var(--ink); stroke-width: 1; }
.end.weClosed { fill: var(--page); stroke: var(--soft); stroke-width: 2; }
.end.failed { fill: var(--page); stroke-width: 2; stroke-linejoin: round; }
.point { fill: var(--ink); stroke: var(--page); stroke-width: 1; }
.point.timeout408 { fill: none; stroke: var(--wait); stroke-width: 2; }
svg :is(.idle, .silent, .unanswered) { font-weight: 600; }
svg text.exchange { fill: var(--page); }
svg text.ending { font-weight: 600; }

.group h3 { padding-block: 1.5rem 0.375rem; font-size: 1rem; }
.connection { border-block-start: 1px solid var(--rule); }
.connection > summary { display: grid; grid-template-columns: minmax(0, 1fr); padding-inline-start: 0; }
.connection > summary::before { inset-block-start: 0.95rem; }
.connection > summary:hover .who { text-decoration: underline; text-decoration-thickness: 0.06em; text-underline-offset: 0.2em; }
.who, .what { padding-inline-start: 1.375rem; }
.who { padding-block-start: 0.5rem; font-size: 0.9375rem; line-height: 1.4; overflow-wrap: anywhere; }
.number { color: var(--soft); font-variant-numeric: tabular-nums; }
.what { padding-block-end: 0.25rem; color: var(--soft); font-size: 0.8125rem; line-height: 1.4; }
svg .wide { display: none; }

.story { padding-block: 0.5rem 1.75rem; scroll-margin-block-start: 9rem; }
.story:target { border-inline-start: 3px solid var(--other); padding-inline-start: 0.75rem; }
.spoken { color: var(--soft); font: 0.875rem / 1.5 var(--ui); overflow-wrap: anywhere; }
.transcript { padding: 0; margin-block-start: 0.5rem; font: 0.875rem / 1.5 var(--ui); list-style: none; }
.transcript li { display: grid; grid-template-columns: 4.25rem minmax(0, 1fr); gap: 0 0.5rem; padding-block: 0.3rem; }
.when { font-variant-numeric: tabular-nums; }
.transcript .when { color: var(--soft); font-size: 0.8125rem; line-height: 1.6; white-space: nowrap; }
.transcript .arrow { display: inline-block; width: 1em; color: var(--soft); }
.transcript .sent .arrow, .transcript .sent .kind { color: var(--accent); }
.transcript .remark { grid-column: 2; overflow-wrap: anywhere; }
.transcript pre { grid-column: 1 / -1; margin-block: 0.25rem 0.375rem; }
.transcript pre { padding: 0.625rem 0.75rem; border-radius: 0.375rem; background: var(--sunken); font-size: 0.8125rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }
.line-end { color: var(--soft); }
.transcript .pause { display: block; margin-block: 0.375rem; padding-block: 0.25rem; border-block: 1px dashed var(--wait); color: var(--wait); font-weight: 600; text-align: center; }

@media (min-width: 40rem) {
  .timelines { --end: 4rem; --start: 0.5rem; }
  svg .wide { display: inline; }
  svg .narrow { display: none; }
  .transcript li { grid-template-columns: 4.75rem 14rem minmax(0, 1fr); }
  .transcript :is(pre, .remark) { grid-column: 3; margin-block: 0; }
}
@media (min-width: 60rem) {
  .axis-row { display: grid; grid-template-columns: 18rem minmax(0, 1fr); }
  svg.axis { grid-column: 2; }
  .connection > summary { grid-template-columns: 18rem minmax(0, 1fr); grid-template-rows: auto 1fr; min-height: 2.75rem; }
  .who, .what { grid-column: 1; padding-inline-end: 1rem; }
  .what { padding-block-end: 0.5rem; }
  svg.lane { grid-column: 2; grid-row: 1 / span 2; height: 0; min-height: 100%; }
  .story { padding-inline-start: 1.375rem; }
}
@media print {
  .axis-row { position: static; }
  .mark, .end, .cuts { print-color-adjust: exact; }
}
`;
