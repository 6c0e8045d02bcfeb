// Which module goes first at each step of a request: the order that the real httpd has with its modules loaded as Debian loads them.
import { accessCompat } from './modules/access-compat.ts';
import { alias } from './modules/alias.ts';
import { allowMethods } from './modules/allowmethods.ts';
import { authn } from './modules/authn.ts';
import { authzCore } from './modules/authz-core.ts';
import { autoindex } from './modules/autoindex.ts';
import { coreContent } from './modules/core-content.ts';
import { coreMime } from './modules/core-mime.ts';
import { coreRanges } from './modules/core-ranges.ts';
import { dir } from './modules/dir.ts';
import { env } from './modules/env.ts';
import { expires } from './modules/expires.ts';
import { filter } from './modules/filter.ts';
import { headers } from './modules/headers.ts';
import { mime } from './modules/mime.ts';
import { coreFilters, mimeFilters } from './modules/output-filters.ts';
import { rewrite, rewriteTypes } from './modules/rewrite.ts';
import { setenvif } from './modules/setenvif.ts';
import { ssl } from './modules/ssl.ts';
import type { HookOrder } from './request/steps.ts';

export const HOOK_ORDER: HookOrder = {
  // `RequestHeader … early` comes before SetEnvIf looks, and `Header … early` sees none of its variables.
  postReadRequest: [headers, setenvif, ssl],
  translateName: [rewrite, alias],
  headerParser: [setenvif],
  accessChecker: [accessCompat, allowMethods, ssl],
  satisfies: [accessCompat],
  userlessChecker: [authzCore],
  checkUser: [authn],
  authChecker: [authzCore],
  typeChecker: [mime],
  fixups: [coreMime, rewrite, alias, env, ssl, dir, headers, rewriteTypes],
  insertFilter: [coreRanges, coreFilters, mimeFilters, filter, expires, headers],
  insertErrorFilter: [coreRanges, expires, headers],
  handler: [rewrite, autoindex, coreContent],
};
