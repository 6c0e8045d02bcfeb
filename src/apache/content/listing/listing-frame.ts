// What stands around a listing: the head of the page, its title, texts from files before and behind it. Pure.
import { escapeHtml } from '../escape-html.ts';

/** What the head of the page has. */
export interface ListingFrame {
  readonly path: string;
  readonly xhtml: boolean;
  readonly styleSheet: string | undefined;
  readonly headInsert: string | undefined;
}

const HTML_START =
  '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n<html>\n';
const XHTML_START =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"\n' +
  '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml">\n';

function titleOf({ path }: ListingFrame): string {
  return `Index of ${escapeHtml(path.replace(/(?<=.)\/+$/, ''))}`;
}

/** Up to the beginning of the body. */
export function formatPreamble(frame: ListingFrame): string {
  const { styleSheet, headInsert, xhtml } = frame;
  const style =
    styleSheet === undefined
      ? ''
      : `  <link rel="stylesheet" href="${styleSheet}" type="text/css"${xhtml ? ' />' : '>'}\n`;
  return `${xhtml ? XHTML_START : HTML_START} <head>\n  <title>${titleOf(frame)}</title>\n${style}${headInsert ?? ''} </head>\n <body>\n`;
}

export function formatHeading(frame: ListingFrame): string {
  return frame.styleSheet === undefined
    ? `<h1>${titleOf(frame)}</h1>\n`
    : `  <h1 id="indextitle">${titleOf(frame)}</h1>\n`;
}

/** A text file before or behind the listing: quotes stay as they are. */
export function formatText(text: string): string {
  return `<pre>\n${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</pre>\n`;
}

export const PAGE_END = '</body></html>\n';
