// The methods that Apache knows by name. Others are methods too, but no configuration can speak of them: they are not implemented (501).

const METHODS: ReadonlySet<string> = new Set(
  (
    'GET HEAD PUT POST DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK VERSION-CONTROL ' +
    'CHECKOUT UNCHECKOUT CHECKIN UPDATE LABEL REPORT MKWORKSPACE MKACTIVITY BASELINE-CONTROL MERGE'
  ).split(' '),
);

/** Methods are case-sensitive (RFC 9110 §9.1). */
export function isKnownMethod(method: string): boolean {
  return METHODS.has(method);
}

/**
 * What the default handler takes; other known methods are not allowed (405). Apache lists them in an order that changes at every start: it is
 * that of a hash table with a seed.
 */
export const FILE_METHODS: readonly string[] = ['GET', 'POST', 'OPTIONS', 'HEAD'];
