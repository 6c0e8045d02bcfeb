// One request as the modules see it, sub-requests and internal redirects too. Apache calls it request_rec.
// Everything is bytes: one character for each.
import type { FileStats } from '../files/file-lookup.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import type { MatchBudget } from '../regex/match-budget.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import type { SiteServices } from './site-services.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { NO_CONTENT } from './content.ts';
import type { Content } from './content.ts';
import { FieldTable } from './field-table.ts';
import type { OutputFilter } from './output-filter.ts';
import { NOT_WALKED } from './walked.ts';
import type { Walked } from './walked.ts';

/** What arrived. */
export interface RequestFacts {
  /** As it was sent, without its line end: %r. */
  readonly requestLine: string;
  readonly method: string;
  readonly target: string;
  /** 9 for HTTP/0.9, 1000 for HTTP/1.0, 1001 for HTTP/1.1. */
  readonly version: number;
  readonly startedAtMs: number;
}

const noBody = (): Promise<'ok'> => Promise.resolve('ok');

/** See the head of the file. Fields that modules change are plain properties. */
export class ApacheRequest {
  readonly facts: RequestFacts;
  readonly connection: ConnectionFacts;
  readonly services: SiteServices<ApacheRequest>;
  /** Steps of regular expressions that are left for this request and all that come of it. */
  readonly budget: MatchBudget;
  /** The request that this one is a sub-request of. */
  readonly main: ApacheRequest | undefined;
  /** The request that was redirected to this one within the server. */
  readonly previous: ApacheRequest | undefined;
  /** The request that this one was redirected to. */
  next: ApacheRequest | undefined = undefined;

  host: VirtualHost;
  /** Host and port of the URL that was asked for; undefined for a path alone. */
  urlHost: string | undefined = undefined;
  /** The name that the client asked for, without port, in lower case; undefined without one. */
  hostName: string | undefined = undefined;
  /** The port that the client asked for beside it; undefined without one. */
  hostPort: number | undefined = undefined;
  /** 9, 1000 or 1001: what the request counts as; `downgrade-1.0` changes it. */
  version: number;
  method: string;
  /** GET that is answered without a body. */
  headerOnly = false;
  /** Path of the URL, decoded, as far as it is known: Apache's r->uri. */
  path = '';
  /** Path as it was sent, with its query: Apache's unparsed_uri. */
  unparsedPath = '';
  /** What stands behind `?`; undefined without one. Apache's args. */
  query: string | undefined = undefined;
  filename: string | undefined = undefined;
  pathInfo = '';
  /** The URL prefix and the folder of the Alias that found the file: Apache's context. */
  contextPrefix: string | undefined = undefined;
  contextDocumentRoot: string | undefined = undefined;
  /** Undefined: there is no such file. */
  fileStats: FileStats | undefined = undefined;
  /** The path that `fileStats` were looked at for: modules may have changed the file name since. */
  fileStatsPath: string | undefined = undefined;

  readonly headersIn: FieldTable;
  readonly headersOut: FieldTable = new FieldTable();
  /** Fields that errors have, too. */
  readonly errorHeadersOut: FieldTable = new FieldTable();
  /** Variables of SetEnv and its kin: Apache's subprocess_env. */
  readonly env: FieldTable = new FieldTable();
  readonly notes: FieldTable = new FieldTable();

  status = 200;
  /** Replaces the reason phrase. */
  statusText: string | undefined = undefined;
  handler: string | undefined = undefined;
  /** What answers where no handler was named: the media type, as Apache has it, while the fields of the answer are made. */
  invokedHandler: string | undefined = undefined;
  contentType: string | undefined = undefined;
  contentEncoding: string | undefined = undefined;
  contentLanguages: readonly string[] = [];
  content: Content = NO_CONTENT;
  /** Apache's r->mtime, in milliseconds; 0: unknown. */
  modifiedMs = 0;
  noCache = false;
  /** Neither Last-Modified nor an answer 304: Apache's no_local_copy. */
  noLocalCopy = false;
  /** Whether AddDefaultCharset is left aside, as `suppress-error-charset` asks for error pages. */
  suppressesCharset = false;
  user: string | undefined = undefined;
  authType: string | undefined = undefined;
  /** What holds for the request's folder. */
  directoryConfig: ConfigVector;
  /** What has made it so. */
  walked: Walked = NOT_WALKED;
  outputFilters: OutputFilter<ApacheRequest>[] = [];
  /** What {@link discardBody} does. */
  bodyDiscarder: (request: ApacheRequest) => Promise<'ok' | number> = noBody;
  /** The client waits for `100 Continue`, and was not told to go on. */
  expectsContinue = false;
  /** The length of the content is not told although it would be known: Apache's filters had begun to send. */
  hidesLength = false;
  /** It is certain that the connection ends with the answer. */
  closes = false;
  /** Its body broke off, and it is answered anew: the error log has heard of it. Of the initial request. */
  isRepeated = false;
  /** An error took the place of an answer whose head was made already: it counts twice. */
  wasUnderWay = false;
  /** It is in the error log that regular expressions took too much work. Of the initial request. */
  isMatchLimitTold = false;
  /** What this request was redirected to failed: its own answer counts. */
  answersInstead = false;
  /** No field that anybody set may go out, and no body: the status is all that is told. */
  isBare = false;
  /** The connection ends with the answer, which does not say so. */
  endsUnannounced = false;
  /** Methods of the Allow field: what modules added to those of the handler. */
  allowedMethods: string[] = [];

  constructor(
    facts: RequestFacts,
    headersIn: FieldTable,
    connection: ConnectionFacts,
    services: SiteServices<ApacheRequest>,
    host: VirtualHost,
    budget: MatchBudget,
    origin: { readonly main?: ApacheRequest; readonly previous?: ApacheRequest } = {},
  ) {
    this.facts = facts;
    this.headersIn = headersIn;
    this.connection = connection;
    this.services = services;
    this.host = host;
    this.budget = budget;
    this.version = facts.version;
    this.method = facts.method;
    this.main = origin.main;
    this.previous = origin.previous;
    this.directoryConfig = host.directory;
  }

  /** The request that the client sent. */
  get initial(): ApacheRequest {
    return (this.main ?? this.previous)?.initial ?? this;
  }

  /** Takes the request's body and forgets it, which tells a client that waits to go on. A number: it cannot be taken. */
  discardBody(): Promise<'ok' | number> {
    return this.bodyDiscarder(this);
  }

  get isSubrequest(): boolean {
    return this.main !== undefined;
  }
}
