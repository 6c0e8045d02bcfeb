// Media types as mod_mime takes them apart and puts them together again, and the charset that the core adds. Its grammar, not RFC 9110's:
// what clients see is what it lets pass. Everything is bytes.

/** Why a type stays as it was written; the codes are those of the error log. */
export interface MediaTypeFault {
  readonly code: string;
  readonly message: string;
}

/** A type cut into its parts. Quotes stay with the value. */
export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyArray<readonly [name: string, value: string]>;
}

const PLAIN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const TOKEN_CHARACTER = /[!#$%&'*+.^_`|~0-9A-Za-z-]/;
const SPACE = /[ \t\n\v\f\r]/;

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.test(text[at]!)) at += 1;
  return at;
}

const missing = (code: string): MediaTypeFault => ({ code, message: 'Cannot get media parameter.' });

/** Parameters without `=` at the end are dropped in silence, as Apache drops them. */
export function parseMediaType(text: string): MediaType | MediaTypeFault {
  const start = skipSpace(text, 0);
  const slash = text.indexOf('/', start);
  if (slash <= start) return { code: 'AH01599', message: `Cannot get media type from '${text}'` };
  const type = text.slice(start, slash);
  if (type.trimEnd().includes(' ')) {
    return { code: 'AH01600', message: `mod_mime: analyze_ct: cannot get media type from '${text}'` };
  }
  const subtypeStart = skipSpace(text, slash + 1);
  let at = subtypeStart;
  while (at < text.length && text[at] !== ';' && !SPACE.test(text[at]!)) at += 1;
  const subtype = text.slice(subtypeStart, at);
  if (subtype === '') return { code: 'AH01601', message: 'Cannot get media subtype.' };
  at = skipSpace(text, at);
  const parameters: Array<readonly [string, string]> = [];
  if (at === text.length) return { type, subtype, parameters };
  // Whatever stands here counts as the semicolon.
  at = skipSpace(text, at + 1);
  if (at === text.length) return missing('AH01602');
  while (at < text.length) {
    const name = readName(text, at);
    if (typeof name !== 'string') return name;
    const equals = at + name.length;
    if (equals === text.length) break;
    if (name === '') return missing('AH01603');
    const value = readValue(text, skipSpace(text, equals + 1));
    if ('code' in value) return value;
    parameters.push([name.trimEnd().toLowerCase(), value.text]);
    at = skipSpace(text, value.next);
  }
  return { type, subtype, parameters };
}

/** Up to `=` or the end. */
function readName(text: string, from: number): string | MediaTypeFault {
  let at = from;
  while (at < text.length && text[at] !== '=') {
    if (!TOKEN_CHARACTER.test(text[at]!) && text[at] !== ' ') return missing('AH01605');
    at += 1;
  }
  return text.slice(from, at);
}

function readValue(text: string, from: number): { readonly text: string; readonly next: number } | MediaTypeFault {
  if (from >= text.length) return missing('AH01604');
  let at = from;
  if (text[at] === '"') {
    at += 1;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at = Math.min(at + 1, text.length);
    if (at < text.length && text[at] !== ';') return missing('AH01606');
  } else {
    while (at < text.length && text[at] !== ';') {
      if (!TOKEN_CHARACTER.test(text[at]!)) return missing('AH01608');
      at += 1;
    }
  }
  return { text: text.slice(from, at), next: at + 1 };
}

/** The type in mod_mime's own spelling, with the charset of an extension in the place of its own. */
export function respellMediaType(text: string, charset: string | undefined): { text: string; fault?: MediaTypeFault } {
  if (PLAIN.test(text)) return { text: charset === undefined ? text : `${text}; charset=${charset}` };
  const parsed = parseMediaType(text);
  if ('code' in parsed) return { text, fault: parsed };
  let result = `${parsed.type}/${parsed.subtype}`;
  let replaced = false;
  for (const [name, value] of parsed.parameters) {
    if (charset === undefined || name !== 'charset') result += `; ${name}=${value}`;
    else if (!replaced) {
      result += `; charset=${charset}`;
      replaced = true;
    }
  }
  if (charset !== undefined && !replaced) result += `; charset=${charset}`;
  return { text: result };
}

/** AddDefaultCharset: text/plain and text/html, and whatever begins like them, get one where they have none. */
export function withDefaultCharset(type: string, charset: string | undefined): string {
  if (charset === undefined || !/^text\/(?:plain|html)/i.test(type) || /charset=/i.test(type)) return type;
  return `${type}; charset=${charset}`;
}
