// Pieces of HTML that are safe by construction: a template in the source is markup, everything that is put into it is text.
import { escapeHtml } from './escape-html.ts';

/** HTML that needs no more escaping. Only {@link markup} makes it. */
export class Markup {
  readonly #html: string;

  constructor(literals: TemplateStringsArray, parts: readonly MarkupPart[]) {
    this.#html = literals.reduce((html, literal, index) => html + formatPart(parts[index - 1]) + literal);
  }

  toString(): string {
    return this.#html;
  }
}

/** What may stand in a template: markup as it is, texts and numbers escaped, and nothing for `undefined`. */
export type MarkupPart = Markup | readonly Markup[] | string | number | undefined;

/** A template of HTML. Attributes are written in double quotes. */
export function markup(literals: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return new Markup(literals, parts);
}

function formatPart(part: MarkupPart): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.toString();
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map(String).join('');
}
