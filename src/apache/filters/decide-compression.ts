// Whether mod_deflate compresses an answer, decided as httpd decides. Pure.

/** What the decision depends on. Values of fields are undefined where the field is not there. */
export interface CompressionFacts {
  readonly status: number;
  readonly isSubrequest: boolean;
  /** Undefined: not known before it ends. */
  readonly bodyBytes: number | undefined;
  readonly contentType: string | undefined;
  /** All codings that the answer has already, joined by commas; undefined without one. */
  readonly contentEncoding: string | undefined;
  readonly hasContentRange: boolean;
  readonly acceptEncoding: string | undefined;
  readonly noGzip: boolean;
  /** `gzip-only-text/html` is 1 */
  readonly onlyHtml: boolean;
  readonly forceGzip: boolean;
}

/** `plain` means without a word about it; `vary`: plain, but somebody else might get it compressed. */
export type CompressionDecision =
  | { readonly kind: 'compress' }
  | { readonly kind: 'vary'; readonly reason: 'notAccepted' }
  | { readonly kind: 'plain'; readonly reason: 'small' | 'notWhole' | 'variable' | 'type' | 'coded' };

/** Below that httpd does not try: a gzip stream has 18 bytes of its own. Observed: 68 bytes stay plain, 69 are compressed. */
const MIN_BODY_BYTES = 69;

/** Codings that are none. */
const PLAIN_CODINGS = new Set(['identity', '7bit', '8bit', 'binary']);

export function decideCompression(facts: CompressionFacts): CompressionDecision {
  if (facts.bodyBytes !== undefined && facts.bodyBytes < MIN_BODY_BYTES) return { kind: 'plain', reason: 'small' };
  if (facts.isSubrequest || facts.status === 204 || facts.hasContentRange) return { kind: 'plain', reason: 'notWhole' };
  if (facts.noGzip) return { kind: 'plain', reason: 'variable' };
  if (facts.onlyHtml && facts.contentType?.startsWith('text/html') !== true) return { kind: 'plain', reason: 'type' };
  if (isCoded(facts.contentEncoding)) return { kind: 'plain', reason: 'coded' };
  if (facts.forceGzip || acceptsGzip(facts.acceptEncoding)) return { kind: 'compress' };
  return { kind: 'vary', reason: 'notAccepted' };
}

function isCoded(codings: string | undefined): boolean {
  if (codings === undefined) return false;
  for (const coding of codings.split(',')) {
    const token = coding.trim();
    // An empty one ends the list for httpd.
    if (token === '') return false;
    if (!PLAIN_CODINGS.has(token)) return true;
  }
  return false;
}

/**
 * What httpd makes of Accept-Encoding: the first `gzip` counts, neither `x-gzip` nor `*` do, and only the parameter right behind it,
 * in lower case, can say no. White space parts codings as a comma does, and an empty one ends the list.
 */
function acceptsGzip(field: string | undefined): boolean {
  let rest = (field ?? '').trimStart();
  for (;;) {
    const token = /^[^,; \t]*/.exec(rest)![0];
    if (token === '') return false;
    rest = rest.slice(token.length).trimStart();
    if (token.toLowerCase() === 'gzip') return !isRefused(rest);
    rest = rest
      .replace(/^(?:;[^,;]*)+/, '')
      .replace(/^,/, '')
      .trimStart();
  }
}

/** `q=0`, with up to three more zeros. */
function isRefused(parameters: string): boolean {
  const quality = /^[^,;]*/.exec(parameters.replace(/^;+/, ''))![0].trim();
  return quality.length >= 3 && 'q=0.000'.startsWith(quality);
}
