// The style of the HTML report but for its picture. Colours have a contrast of at least 4.5:1 on what they stand on, in both schemes.
// A change here changes its hash: the test of the page says the new one.
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** SHA-256 of the style, for the policy of the page. */
export const PAGE_STYLE_HASH = 'NcXowEejfX/jVNNUMXSyGcH3f0qorZ25d01W4pqe32A=';

export const PAGE_STYLE: Markup = markup`
:root {
  color-scheme: light dark;
  --page: #faf8f4; --surface: #fff; --sunken: #f1eee7; --ink: #22303c; --soft: #526170; --rule: #dcd7cc;
  --accent: #0f6c65; --accent-soft: #dcebe8; --wait: #a84b08; --wait-soft: #f7e6d6; --other: #5b4bb7; --alarm: #b42318;
  --text: Charter, 'Bitstream Charter', 'Iowan Old Style', 'Source Serif 4', Cambria, Georgia, serif;
  --ui: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif;
  --code: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace;
  --gutter: clamp(1rem, 4vw, 2.5rem); --measure: 42rem;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #15181b; --surface: #1c2024; --sunken: #22272c; --ink: #e4e7e9; --soft: #a5afb8; --rule: #363d44;
    --accent: #6fd1c3; --accent-soft: #17403c; --wait: #f0a868; --wait-soft: #46301a; --other: #b4a9f5; --alarm: #ff9387;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 4rem; }
body {
  margin: 0 auto; max-width: 76rem; padding: 0 var(--gutter) 4rem; background: var(--page); color: var(--ink);
  font: clamp(1.0625rem, 1rem + 0.3vw, 1.1875rem) / 1.6 var(--text); overflow-wrap: break-word;
}
h1, h2, h3 { margin: 0; font-family: var(--ui); font-weight: 650; line-height: 1.2; letter-spacing: -0.012em; text-wrap: balance; }
h1 { max-width: 100%; font-size: clamp(1.3125rem, 0.9rem + 2.4vw, 2.5rem); letter-spacing: -0.022em; overflow-wrap: anywhere; }
h2 { margin-block-end: 1.25rem; font-size: clamp(1.375rem, 1.25rem + 0.6vw, 1.75rem); }
h3 { font-size: 1.1875rem; }
p, ul, ol, dl, pre, table { margin: 0; }
p { max-width: var(--measure); text-wrap: pretty; }
a { color: var(--accent); text-decoration-thickness: 0.06em; text-underline-offset: 0.18em; }
a:hover { text-decoration-thickness: 0.12em; }
:focus-visible { outline: 3px solid var(--other); outline-offset: 3px; border-radius: 3px; }
code, pre { font-family: var(--code); font-size: 0.86em; font-variant-ligatures: none; overflow-wrap: anywhere; }
summary { cursor: pointer; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; inset-block-start: 0.5rem; padding: 0.5rem 1rem; border-radius: 0.375rem; background: var(--surface); font-family: var(--ui); }
.skip:not(:focus) { transform: translateY(-200%); }

.top { padding-block: clamp(2rem, 6vw, 4.5rem) 1.5rem; }
.eyebrow { margin-block-end: 0.5rem; color: var(--soft); font: 0.9375rem / 1.4 var(--ui); }
.verdict { display: flex; gap: 0.75rem; align-items: flex-start; margin-block: 1.5rem 0.75rem; font-size: clamp(1.1875rem, 1.1rem + 0.5vw, 1.4375rem); line-height: 1.45; }
.verdict .icon { width: 1.625rem; height: 1.625rem; margin-block-start: 0.1em; }
.verdict .counts { color: var(--soft); }
.when, .incomplete { font: 0.9375rem / 1.5 var(--ui); }
.when { color: var(--soft); overflow-wrap: anywhere; }
.incomplete { margin-block: 0.75rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(max(8rem, 17%), 1fr)); gap: 0 1.25rem; margin-block-start: 2.25rem; font-family: var(--ui); }
.figures > div { display: grid; grid-template-rows: subgrid; grid-row: span 2; margin-block-end: 1.25rem; padding-block-start: 0.75rem; border-block-start: 1px solid var(--rule); }
.figures dt, .figures .note { color: var(--soft); font-size: 0.875rem; line-height: 1.4; }
.figures dd { margin: 0; }
.figures .value { display: block; font-size: 1.75rem; font-weight: 600; line-height: 1.3; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }

nav { border-block: 1px solid var(--rule); font-family: var(--ui); }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.5rem; padding: 0.5rem 0; list-style: none; }
nav a { display: block; padding-block: 0.375rem; font-size: 0.9375rem; text-decoration: none; }
nav a:hover { text-decoration: underline; }
main > section { padding-block: clamp(2.25rem, 5vw, 3.5rem) 0; }
main h3:not(article h3, .group h3) { margin-block: 1.75rem 0.375rem; }
footer { margin-block-start: 4rem; padding-block-start: 1rem; border-block-start: 1px solid var(--rule); color: var(--soft); font: 0.875rem / 1.5 var(--ui); }

.icon { flex: none; width: 1.125em; height: 1.125em; fill: currentColor; }
.icon .in { fill: none; stroke: var(--page); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.icon.good { color: var(--accent); }
.icon.info, .level.info { color: var(--soft); }
.icon.warn, .level.warn { color: var(--wait); }
.icon.bad, .level.bad { color: var(--alarm); }
.level { display: inline-flex; gap: 0.4em; align-items: center; font: 600 0.875rem / 1.4 var(--ui); white-space: nowrap; }

article.finding { padding-block: 1.5rem 2rem; border-block-start: 1px solid var(--rule); }
article.finding:first-of-type { padding-block-start: 0; border-block-start: 0; }
article h3 { margin-block: 0.25rem 0.375rem; font-size: 1.3125rem; }
.detail { font-weight: 600; overflow-wrap: anywhere; }
.meaning { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem 3rem; align-items: start; margin-block-start: 0.75rem; }
.words { display: grid; gap: 0.75rem; }
.run-in { font-family: var(--ui); font-size: 0.9375em; }
.sources { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 0; color: var(--soft); font: 0.875rem / 1.5 var(--ui); list-style: none; }
details.finding { border-block-start: 1px solid var(--rule); }
details.finding > summary { padding-block: 0.875rem; }
details.finding .title { display: block; margin-block-start: 0.125rem; font: 600 1rem / 1.4 var(--ui); }
details.finding .detail { display: block; margin-block-start: 0.125rem; font-weight: 400; color: var(--soft); font-size: 0.9375em; }
details.finding > .meaning { padding-inline-start: 1.375rem; margin-block: 0 1.5rem; }
summary { list-style: none; position: relative; padding-inline-start: 1.375rem; }
summary::-webkit-details-marker { display: none; }
summary::before { content: ''; position: absolute; inset-block-start: 1.2em; inset-inline-start: 0.125rem; width: 0.5rem; height: 0.5rem; border: solid var(--soft); border-width: 0 2px 2px 0; transform: rotate(-45deg); transform-origin: 60% 60%; }
details[open] > summary::before { transform: rotate(45deg); }

table { width: 100%; border-collapse: collapse; font: 0.9375rem / 1.5 var(--ui); }
caption { padding-block-end: 0.5rem; font-weight: 600; text-align: start; }
th, td { padding: 0.5rem 1.25rem 0.5rem 0; border-block-start: 1px solid var(--rule); text-align: start; vertical-align: baseline; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-inline-end: 0; }
th { color: var(--soft); font-weight: 400; }
thead th { border: 0; padding-block-start: 0; font-size: 0.875rem; }
td { font-variant-numeric: tabular-nums; }
.settings th { width: 5.5rem; }
.settings caption { color: var(--soft); font-size: 0.875rem; }
.subjects { columns: 24rem 2; column-gap: 3.5rem; }
.facts { margin-block-end: 2rem; break-inside: avoid; }
.facts th { width: 8.5rem; }
.advice { margin-block-end: 2rem; }
.advice th[scope='row'] { color: var(--ink); }
.advice th code { display: block; color: var(--soft); }
.advice .value { font-weight: 600; white-space: nowrap; }
.missing { margin-block: 1.5rem; }
.all > summary { margin-block: 1.25rem 0; font: 0.9375rem / 1.5 var(--ui); }
.all > summary::before { inset-block-start: 0.45em; }
.times { margin-block-start: 0.75rem; }
.times th[scope='row'] { color: var(--ink); }

@media (max-width: 39.99rem) {
  .advice thead, .missing thead, .times thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .advice :is(tbody, tr, th, td), .missing :is(tbody, tr, th, td), .times :is(tbody, tr, th, td) { display: block; width: auto; padding: 0; border: 0; }
  :is(.advice, .missing, .times) tr { padding-block: 0.625rem; border-block-start: 1px solid var(--rule); }
  .facts th, .settings th { width: 6.75rem; padding-inline-end: 0.75rem; }
}
@media (min-width: 40rem) {
  .advice, .missing { table-layout: fixed; }
  :is(.advice, .missing) th:first-child { width: 36%; }
  :is(.advice, .missing) th:nth-child(2) { width: 16%; }
}
@media (min-width: 56rem) {
  .meaning:has(.settings) { grid-template-columns: minmax(0, var(--measure)) minmax(18rem, 1fr); }
  article .meaning > .settings { margin-block-start: 0.125rem; }
}
@media print {
  :root { color-scheme: light; --page: #fff; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav, .skip { display: none; }
  article.finding, details.finding, .connection > summary, tr { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .icon { print-color-adjust: exact; }
  details.finding::details-content { content-visibility: visible; height: auto; }
}
`;
