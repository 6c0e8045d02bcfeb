// Fields that a caller may not set, or not as he likes: those that frame a message or speak for its connection (RFC 9110 §7.6.1)
// belong to whoever owns the connection. They are refused with a reason, never dropped: a field that silently is not sent is a
// defect that nobody finds.
import { OptionError } from '../../errors.ts';
import { describe } from '../../option-checks.ts';

const FRAMING = 'the body decides how it is framed: leave the field out';
const HOP_BY_HOP = 'it speaks for the connection, which belongs to the session: leave the field out';

/** Why a field is refused in a request, by its name in lower case. */
export const REFUSED_IN_REQUESTS: ReadonlyMap<string, string> = new Map([
  ['transfer-encoding', FRAMING],
  ['expect', "it is sent where it is needed: use holdBack: 'continue' of the session"],
  // Decides nothing in a request; the session's own times are options.
  ['keep-alive', HOP_BY_HOP],
  // Never was a standard, and confuses proxies that pass it on.
  ['proxy-connection', HOP_BY_HOP],
  // A session speaks HTTP/1.1 only; a 101 would end its connection.
  ['upgrade', HOP_BY_HOP],
  ['http2-settings', HOP_BY_HOP],
  // Would have to be named in Connection, and invites codings that nobody here decodes (RFC 9110 §10.1.4).
  ['te', HOP_BY_HOP],
  // Announces trailers, and there is no way to send any.
  ['trailer', FRAMING],
]);

/** As above, for fields that a session sends with every request. */
export const REFUSED_IN_SESSIONS: ReadonlyMap<string, string> = new Map([
  ...REFUSED_IN_REQUESTS,
  ['host', 'it follows from the URL; a request may have its own'],
  ['content-length', FRAMING],
  ['connection', 'to use each connection once, set maxRequestsPerConnection: 1'],
  // The same key on all requests makes them one and the same for the server.
  ['idempotency-key', 'it names one request: set it there'],
  ['x-idempotency-key', 'it names one request: set it there'],
]);

/** What is no text is a variable that was not set, not a wish to send `undefined`. Numbers are plain enough to be text. */
export function checkFieldText(name: string, value: unknown): asserts value is string | number {
  if (typeof value === 'string' || typeof value === 'number') return;
  throw new OptionError(`headers.${name}`, `is ${describe(value)}, it must be text`);
}
