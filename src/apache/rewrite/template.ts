// Strings with `$1`, `%1`, `%{VARIABLE}` and `${map:key|default}`, taken apart once when the configuration is read. expand.ts fills them in.

/** A piece of a template. */
export type TemplatePart =
  /** `escaped`: a character behind a backslash that stands for itself although it means something. */
  | { readonly kind: 'text'; readonly text: string; readonly escaped?: true }
  | { readonly kind: 'variable'; readonly name: string }
  /** A variable as it would be if the URL path, or the file, were asked for: `%{LA-U:…}`, `%{LA-F:…}`. */
  | { readonly kind: 'lookAhead'; readonly by: 'path' | 'file'; readonly name: string }
  | { readonly kind: 'group'; readonly of: 'rule' | 'condition'; readonly number: number }
  | { readonly kind: 'map'; readonly map: string; readonly key: Template; readonly fallback: Template | undefined };

export type LookAheadPart = Extract<TemplatePart, { kind: 'lookAhead' }>;

/** See the head of the file. */
export interface Template {
  readonly source: string;
  readonly parts: readonly TemplatePart[];
  /** Those of nested templates, too: they have to be known before the rest is filled in. */
  readonly lookAheads: readonly LookAheadPart[];
}

/** Where the brace that is open at `from` closes; -1 where it does not. */
function findClosingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** The first such character outside of braces that are opened in the text; -1 without one. */
function findOutsideBraces(text: string, character: string): number {
  let depth = 1;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === character && depth === 1) return at;
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') depth -= 1;
  }
  return -1;
}

function parseVariable(name: string): TemplatePart {
  const lookAhead = /^LA-([UF]):(.+)$/is.exec(name);
  if (lookAhead === null) return { kind: 'variable', name };
  return { kind: 'lookAhead', by: lookAhead[1]!.toUpperCase() === 'U' ? 'path' : 'file', name: lookAhead[2]! };
}

function parseMap(text: string): TemplatePart | undefined {
  const colon = findOutsideBraces(text, ':');
  if (colon === -1) return undefined;
  const rest = text.slice(colon + 1);
  const bar = findOutsideBraces(rest, '|');
  const key = parseTemplate(bar === -1 ? rest : rest.slice(0, bar));
  const fallback = bar === -1 ? undefined : parseTemplate(rest.slice(bar + 1));
  return { kind: 'map', map: text.slice(0, colon), key, fallback };
}

/** What begins at `\`, `$` or `%`, and where it ends. */
function readSpecial(source: string, at: number): { readonly part: TemplatePart; readonly end: number } {
  const sign = source[at]!;
  const next = source[at + 1];
  if (sign === '\\') {
    if (next === undefined) return { part: { kind: 'text', text: sign }, end: at + 1 };
    // Such a question mark does not say where the query begins: see expandTarget.
    if (next === '?') return { part: { kind: 'text', text: next, escaped: true }, end: at + 2 };
    return { part: { kind: 'text', text: next }, end: at + 2 };
  }
  if (next === '{') {
    const closing = findClosingBrace(source, at + 2);
    const inner = closing === -1 ? undefined : source.slice(at + 2, closing);
    const part = inner === undefined ? undefined : sign === '%' ? parseVariable(inner) : parseMap(inner);
    if (part === undefined) return { part: { kind: 'text', text: `${sign}{` }, end: at + 2 };
    return { part, end: closing + 1 };
  }
  if (next !== undefined && next >= '0' && next <= '9') {
    return { part: { kind: 'group', of: sign === '$' ? 'rule' : 'condition', number: Number(next) }, end: at + 2 };
  }
  return { part: { kind: 'text', text: sign }, end: at + 1 };
}

/** Complete: what does not look like a reference is text. */
export function parseTemplate(source: string): Template {
  const parts: TemplatePart[] = [];
  const lookAheads: LookAheadPart[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
  };
  for (let at = 0; at < source.length;) {
    const character = source[at]!;
    if (character !== '\\' && character !== '$' && character !== '%') {
      text += character;
      at += 1;
      continue;
    }
    const { part, end } = readSpecial(source, at);
    at = end;
    if (part.kind === 'text' && part.escaped !== true) {
      text += part.text;
      continue;
    }
    flush();
    parts.push(part);
    if (part.kind === 'lookAhead') lookAheads.push(part);
    if (part.kind === 'map') lookAheads.push(...part.key.lookAheads, ...(part.fallback?.lookAheads ?? []));
  }
  flush();
  return { source, parts, lookAheads };
}
