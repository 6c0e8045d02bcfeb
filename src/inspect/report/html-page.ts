// The frame of the HTML report: head, policy, landmarks. Knows nothing of what stands in its sections.
import type { Verdict } from '../inspection-report.ts';
import { PAGE_STYLE, PAGE_STYLE_HASH } from './html-page-style.ts';
import { TIMELINE_STYLE, TIMELINE_STYLE_HASH } from './html-timeline-style.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** A part of the page with a heading. */
export interface PageSection {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** See the head of the file. */
export interface PageParts {
  /** Of the document: text. */
  readonly title: string;
  readonly verdict: Verdict;
  readonly header: Markup;
  readonly sections: readonly PageSection[];
}

/** No script, no request, no form, no frame: only the two styles that stand here, and the icon, which is a part of the file. */
const POLICY: Markup = markup`default-src 'none'; style-src 'sha256-${PAGE_STYLE_HASH}' 'sha256-${TIMELINE_STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`;

// The colour of the verdict; in a tab there is room for no more.
const ICONS: Readonly<Record<Verdict, Markup>> = {
  good: markup`%230f6c65`,
  warn: markup`%23a84b08`,
  bad: markup`%23b42318`,
};

/** The whole document. */
export function formatPage({ title, verdict, header, sections }: PageParts): Markup {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' fill='${ICONS[verdict]}'/%3E%3C/svg%3E">
<style>${PAGE_STYLE}</style>
<style>${TIMELINE_STYLE}</style>
</head>
<body>
<a class="skip" href="#${sections[0]?.id ?? 'content'}">Skip to the ${sections[0]?.title.toLowerCase()}</a>
<header class="top">
${header}
</header>
<nav aria-label="Sections"><ul>${sections.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main id="content">
${sections.map(formatSection)}</main>
<footer><p>Measured by <code>perdura check</code>. This page is complete in itself: it loads nothing and runs no script.</p></footer>
</body>
</html>
`;
}

function formatSection({ id, title, content }: PageSection): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>
`;
}
