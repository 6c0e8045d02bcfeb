// Sentences of the catalogue and of checks in HTML: what stands in backticks there is code.
import { boundText } from './escape-html.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** A sentence may quote the server: a part is enough. */
const MOST_SENTENCE_CHARACTERS = 1_200;

/** See the head of the file. Its direction is its own, whatever is quoted in it. */
export function formatProse(text: string): Markup {
  // Every second piece stood between two backticks; an odd one out is text.
  const pieces = boundText(text, MOST_SENTENCE_CHARACTERS).split(/`([^`\n]+)`/);
  return markup`<bdi>${pieces.map((piece, index) => (index % 2 === 1 ? markup`<code>${piece}</code>` : markup`${piece}`))}</bdi>`;
}
