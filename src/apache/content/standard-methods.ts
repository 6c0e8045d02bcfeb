// Which methods Apache knows by name. Others are not implemented (501); these are not allowed where a handler does not take them (405).

const KNOWN: ReadonlySet<string> = new Set(
  (
    'GET HEAD PUT POST DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK VERSION-CONTROL ' +
    'CHECKOUT UNCHECKOUT CHECKIN UPDATE LABEL REPORT MKWORKSPACE MKACTIVITY BASELINE-CONTROL MERGE'
  ).split(' '),
);

/** Names of methods are compared with case. */
export function isKnownMethod(method: string): boolean {
  return KNOWN.has(method);
}

/**
 * What the default handler takes. Apache lists them in an order that changes at every start: it is that of a hash table with a seed.
 */
export const FILE_METHODS: readonly string[] = ['GET', 'POST', 'OPTIONS', 'HEAD'];
