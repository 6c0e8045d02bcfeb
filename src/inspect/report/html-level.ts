// How a level looks in the HTML report: a sign of its own shape and a word, so that nothing hangs on a colour.
import type { FindingLevel } from '../catalogue/catalogue.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

const SHAPES: Readonly<Record<FindingLevel | 'good', Markup>> = {
  bad: markup`<path d="M6 1.5H14L18.5 6V14L14 18.5H6L1.5 14V6Z"/><path class="in" d="M7 7L13 13M13 7L7 13"/>`,
  warn: markup`<path d="M10 2L19 18H1Z"/><path class="in" d="M10 8V12.2M10 15V15.1"/>`,
  info: markup`<circle cx="10" cy="10" r="8.5"/><path class="in" d="M10 9V14.5M10 5.8V5.9"/>`,
  good: markup`<circle cx="10" cy="10" r="8.5"/><path class="in" d="M6 10.4L9 13.2L14 7.2"/>`,
};

const WORDS: Readonly<Record<FindingLevel, string>> = { bad: 'Bad', warn: 'Warning', info: 'Good to know' };

/** The sign alone; the word stands beside it. */
export function formatLevelIcon(level: FindingLevel | 'good'): Markup {
  return markup`<svg class="icon ${level}" viewBox="0 0 20 20" aria-hidden="true">${SHAPES[level]}</svg>`;
}

/** The sign and the word. */
export function formatLevel(level: FindingLevel): Markup {
  return markup`<span class="level ${level}">${formatLevelIcon(level)}${WORDS[level]}</span>`;
}
