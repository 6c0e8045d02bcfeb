// Findings about malformed requests that are served: what two programs read in two ways is how requests are smuggled (RFC 9112 §11.2).
import type { MalformedRequest } from '../measurements.ts';
import type { CatalogueEntry, FindingRule, ServerSetting } from './finding.ts';

export type MalformedFindingId =
  | 'accepts-length-beside-chunked'
  | 'accepts-repeated-host'
  | 'accepts-space-before-colon'
  | 'accepts-missing-host'
  | 'accepts-folded-field'
  | 'accepts-bare-line-feed'
  | 'leading-empty-line-refused';

/** Each is the default: to be looked for where a server was made more tolerant. */
const APACHE_STRICT: ServerSetting = { software: 'Apache', setting: 'HttpProtocolOptions Strict' };
const HAPROXY_STRICT: ServerSetting = { software: 'HAProxy', setting: 'no option accept-invalid-http-request' };
const NODE_STRICT: ServerSetting = {
  software: 'Node.js',
  setting: 'http.createServer({ insecureHTTPParser: false })',
};

export const MALFORMED_FINDINGS: Readonly<Record<MalformedFindingId, CatalogueEntry>> = {
  'accepts-length-beside-chunked': {
    // Not by itself: it takes a program in front that believes the length. Go, and so Caddy, does it as it comes.
    level: 'warn',
    title: 'It serves requests that tell their end in two ways, and goes on',
    explanation:
      'A request said both how long its body is (Content-Length) and that it comes in pieces (Transfer-Encoding), and the server served it as if nothing were wrong. Where a proxy in front believes the one and the server the other, an attacker can hide a second request in the first one: this is the classic form of request smuggling. Such a request has to be the last on its connection.',
    rfc: 'RFC 9112 §6.1',
    remedy: 'Refuse such requests with 400, or at least close the connection behind the answer.',
    settings: [NODE_STRICT],
    seenBy: ['malformed-requests'],
    rule: accepts('lengthBesideChunked', 'A request with both Content-Length and Transfer-Encoding was served.'),
  },
  'accepts-repeated-host': {
    // No request is lost and no answer mixed up by it. Node.js, HAProxy and lighttpd do it as they come.
    level: 'warn',
    title: 'It serves requests that name two hosts',
    explanation:
      'The Host field says which site is meant; a request with two of them has to be refused. This server picks one. Where a proxy or cache in front picks the other, an attacker gets past its rules for a site, or puts the page of one site into the cache of another.',
    rfc: 'RFC 9112 §3.2',
    remedy: 'Answer 400 to a request with more than one Host field.',
    settings: [],
    seenBy: ['malformed-requests'],
    rule: accepts('repeatedHost', 'A request with two Host fields was served.'),
  },
  'accepts-space-before-colon': {
    level: 'bad',
    title: 'It serves requests with a space between the name of a field and its colon',
    explanation:
      'A field such as `Content-Length : 5`, with a space before the colon, has to be refused. One program takes it for Content-Length, another for an unknown name and ignores it, and then the two disagree where the request ends. Attackers use this to hide a second request in the first one (request smuggling).',
    rfc: 'RFC 9112 §5.1',
    remedy: 'Answer 400 to a request with such a field.',
    settings: [APACHE_STRICT, HAPROXY_STRICT],
    seenBy: ['malformed-requests'],
    rule: accepts('spaceBeforeColon', 'A request with a space before a colon was served.'),
  },
  'accepts-missing-host': {
    level: 'warn',
    title: 'It serves HTTP/1.1 requests that name no host',
    explanation:
      'The Host field says which site is meant, and a request of HTTP/1.1 without it has to be refused. This server falls back to some site. Little harm comes of it by itself, but rules that depend on the name of the site, for example in a proxy in front, do not apply to such a request.',
    rfc: 'RFC 9112 §3.2',
    remedy: 'Answer 400 to a request of HTTP/1.1 without Host.',
    settings: [{ software: 'Node.js', setting: 'http.createServer({ requireHostHeader: true })' }],
    seenBy: ['malformed-requests'],
    rule: accepts('missingHost', 'A request of HTTP/1.1 without Host was served.'),
  },
  'accepts-folded-field': {
    level: 'info',
    title: 'It takes fields that are continued on a second line',
    explanation:
      'In old times a field could go on in the next line, if that line began with a space. A server may still take such a field, if it joins the lines before it looks at them, or refuse it. Not all programs join them in the same way, so refusing is the safer choice: no client of today sends them.',
    rfc: 'RFC 9112 §5.2',
    remedy: 'Answer 400 to a request with a folded field, unless an old client needs it.',
    settings: [],
    seenBy: ['malformed-requests'],
    rule: accepts('foldedField', 'A request with a field on two lines was served.'),
  },
  'accepts-bare-line-feed': {
    level: 'info',
    title: 'It takes lines that end in a line feed alone',
    explanation:
      'Lines of HTTP end in two characters, carriage return and line feed. This server also takes those that end in a line feed alone, which the standard allows. It is convenient for requests typed by hand; but a program in front that reads lines more strictly may see another request than this server does.',
    rfc: 'RFC 9112 §2.2',
    remedy: 'Nothing has to be done; the strict form is the safer one.',
    settings: [APACHE_STRICT, NODE_STRICT],
    seenBy: ['malformed-requests'],
    rule: accepts('bareLineFeed', 'A request whose lines end in LF without CR was served.'),
  },
  'leading-empty-line-refused': {
    level: 'info',
    title: 'It refuses a request with an empty line in front',
    explanation:
      'Some old clients send an empty line too much behind the body of a form, so that it stands in front of their next request. A server should skip it; this one refuses the request. Only very old programs, and some written by hand, are affected.',
    rfc: 'RFC 9112 §2.2',
    remedy: 'Skip one empty line where a request is expected.',
    settings: [],
    seenBy: ['malformed-requests'],
    rule: ({ measured: { leadingEmptyLine } }) =>
      leadingEmptyLine === false ? 'A request behind an empty line was not served.' : undefined,
  },
};

function accepts(request: MalformedRequest, detail: string): FindingRule {
  return ({ measured: { acceptsMalformed } }) => (acceptsMalformed?.includes(request) === true ? detail : undefined);
}
