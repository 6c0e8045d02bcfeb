// A request becomes the one that was looked up for it: Apache's fast internal redirect. Nothing is asked again, nobody sees a redirect.
import type { ApacheRequest } from './apache-request.ts';
import type { FieldTable } from './field-table.ts';

/** The line of the request, its fields and its variables stay; file, type and configuration are those of what was found. */
export function adoptLookup(request: ApacheRequest, found: ApacheRequest): void {
  request.path = found.path;
  request.query = found.query;
  request.filename = found.filename;
  request.pathInfo = found.pathInfo;
  request.fileStats = found.fileStats;
  request.fileStatsPath = found.fileStatsPath;
  request.directoryConfig = found.directoryConfig;
  request.handler = found.handler;
  request.contentType = found.contentType;
  request.contentEncoding = found.contentEncoding;
  request.contentLanguages = found.contentLanguages;
  request.noCache = found.noCache;
  request.noLocalCopy = found.noLocalCopy;
  request.user = found.user;
  request.authType = found.authType;
  for (const [name, value] of found.env) request.env.set(name, value);
  adoptFields(request, found);
}

/** Notes and fields of an answer that was found, in front of those that are there. */
export function adoptFields(request: ApacheRequest, found: ApacheRequest): void {
  for (const [name, value] of found.notes) request.notes.set(name, value);
  putInFront(request.headersOut, found.headersOut);
  putInFront(request.errorHeadersOut, found.errorHeadersOut);
}

function putInFront(table: FieldTable, found: FieldTable): void {
  if (found.size === 0) return;
  const own = table.copy();
  table.clear();
  for (const [name, value] of found) table.add(name, value);
  for (const [name, value] of own) table.add(name, value);
}
