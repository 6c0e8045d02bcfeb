// The shared vocabulary of HTTP (RFC 9110) for all other folders. Pure: no I/O, no time, nothing of Node.js.
export { formatBasic } from './basic-credentials.ts';
export { CLOSE_REASONS, type CloseReason } from './close-reason.ts';
export { DateCache, formatHttpDate, parseHttpDate } from './date.ts';
export { type FieldSource, Headers, type HeadersInput } from './headers.ts';
export { CANCEL, ENHANCE_YOUR_CALM, NO_ERROR, nameHttp2Error } from './http2-errors.ts';
export { type HostAndPort, isServableHost, parseHost } from './host.ts';
export { parseIpAddress } from './ip-address.ts';
export { formatKeepAlive, type KeepAliveHint, parseKeepAlive } from './keep-alive-field.ts';
export { isIdempotentMethod, isSafeMethod } from './methods.ts';
export { formatAuthority, type Origin, type OriginParts, parseOrigin, sameOrigin, type Scheme } from './origin.ts';
export { parseRetryAfter } from './retry-after.ts';
export { redactField } from './secret-fields.ts';
export { reasonPhrase, statusForbidsBody } from './status.ts';
export { hasListToken, isFieldValue, isToken, lowerCaseToken, splitList, trimFieldWhitespace } from './tokens.ts';
export { formatVersion, type HttpVersion } from './version.ts';
export { formatBytes, formatText } from './visible-bytes.ts';
