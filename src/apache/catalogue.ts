// Every module there is. What each of them may say in a configuration is declared in its own file.
import type { ApacheModule } from './module/module.ts';
import { alias } from './modules/alias.ts';
import { accessCompat } from './modules/access-compat.ts';
import { allowMethods } from './modules/allowmethods.ts';
import { authn, authnCore, authnFile, authzGroupfile } from './modules/authn.ts';
import { authzCore, authzHost, authzUser } from './modules/authz-core.ts';
import { coreConditions } from './modules/core-conditions.ts';
import { autoindex } from './modules/autoindex.ts';
import { coreContent } from './modules/core-content.ts';
import { coreEntityTag } from './modules/core-entity-tag.ts';
import { coreErrorDocument } from './modules/core-error-document.ts';
import { coreErrorLog } from './modules/core-error-log.ts';
import { coreKeepAlive } from './modules/core-keep-alive.ts';
import { coreListen } from './modules/core-listen.ts';
import { coreMime } from './modules/core-mime.ts';
import { coreOptions } from './modules/core-options.ts';
import { coreRanges } from './modules/core-ranges.ts';
import { coreRequest } from './modules/core-request.ts';
import { coreSections } from './modules/core-sections.ts';
import { coreServer } from './modules/core-server.ts';
import { coreTrace } from './modules/core-trace.ts';
import { coreVirtualHost } from './modules/core-virtual-host.ts';
import { deflate } from './modules/deflate.ts';
import { deprecated } from './modules/deprecated.ts';
import { dir } from './modules/dir.ts';
import { env } from './modules/env.ts';
import { expires } from './modules/expires.ts';
import { filter } from './modules/filter.ts';
import { headers } from './modules/headers.ts';
import { inertModules } from './modules/inert.ts';
import { logConfig } from './modules/log-config.ts';
import { mime } from './modules/mime.ts';
import { coreFilters, mimeFilters } from './modules/output-filters.ts';
import { reqtimeout } from './modules/reqtimeout.ts';
import { rewrite, rewriteTypes } from './modules/rewrite.ts';
import { setenvif } from './modules/setenvif.ts';
import { sslInert } from './modules/ssl-inert.ts';
import { ssl } from './modules/ssl.ts';

/** In the order in which Apache links them, as far as it matters: request/hook-order.ts has the order of each step. */
export const MODULES: readonly ApacheModule[] = [
  coreServer,
  coreVirtualHost,
  coreListen,
  coreSections,
  coreConditions,
  coreOptions,
  coreKeepAlive,
  accessCompat,
  allowMethods,
  authnCore,
  authnFile,
  authn,
  authzGroupfile,
  authzCore,
  authzHost,
  authzUser,
  coreErrorDocument,
  coreErrorLog,
  logConfig,
  coreContent,
  coreEntityTag,
  coreMime,
  coreRanges,
  coreTrace,
  mime,
  alias,
  autoindex,
  env,
  expires,
  deflate,
  filter,
  coreFilters,
  mimeFilters,
  headers,
  setenvif,
  coreRequest,
  deprecated,
  reqtimeout,
  dir,
  rewrite,
  rewriteTypes,
  ssl,
  sslInert,
  ...inertModules,
];
