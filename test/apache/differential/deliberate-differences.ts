// Where the product answers otherwise than the real httpd and means to: each with its reason, as docs/apache.md tells it.

export interface DeliberateDifference {
  /** The name of the site, or `broken/FILE`. */
  readonly site: string;
  /** The conversation, a log, or the name of the broken configuration. */
  readonly part: string;
  /** The number of the step and its request line, as the report names it; empty for logs and broken configurations. */
  readonly request: string;
  readonly reason: string;
}

const USERS =
  'perdura runs as whoever started it: on another machine than the one that the file was made for, its users may be missing';

const MODULES = 'LoadModule is remembered by its name: the modules of Apache need not be installed';

const BUDGET =
  'expressions of one request share a budget of steps; where it is used up, the request ends with 500, as what does not match any more may have kept somebody out';

const BARE_LINE_FEED =
  'a line feed alone is no empty line before a request: whoever else reads the bytes may see another request there';

const LENGTHS =
  'Header always set Content-Length stands beside the true length in httpd, and whoever believes it loses its place in the connection (RFC 9112 section 6.3): it is left out';

const NAMES = 'names of clients are not looked up: the line is refused with advice';

export const DELIBERATE_DIFFERENCES: readonly DeliberateDifference[] = [
  { site: 'broken/values', part: 'User no-such-user-here', request: '', reason: USERS },
  { site: 'broken/values', part: 'Group no-such-group-here', request: '', reason: USERS },
  { site: 'broken/structure', part: 'LoadModule of a file that is not there', request: '', reason: MODULES },
  { site: 'broken/places', part: 'LoadModule in a host', request: '', reason: MODULES },
  {
    site: 'regular-expressions',
    part: 'what takes long',
    request: '2: GET /slow/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaac HTTP/1.1',
    reason: BUDGET,
  },
  {
    site: 'unread-bodies',
    part: 'a bare line feed between requests',
    request: '1: POST /a.txt HTTP/1.1',
    reason: BARE_LINE_FEED,
  },
  { site: 'header-lengths', part: 'beside the true one', request: '1: GET /always.txt HTTP/1.1', reason: LENGTHS },
  { site: 'header-lengths', part: 'of an error', request: '1: GET /missing HTTP/1.1', reason: LENGTHS },
  { site: 'broken/sections', part: 'Require host', request: '', reason: NAMES },
];
