// Which module goes first at each step of a request: the order that the real httpd has with its modules loaded as Debian loads them.
import { accessCompat } from './modules/access-compat.ts';
import { allowMethods } from './modules/allowmethods.ts';
import { authn } from './modules/authn.ts';
import { authzCore } from './modules/authz-core.ts';
import type { HookOrder } from './request/steps.ts';

export const HOOK_ORDER: HookOrder = {
  postReadRequest: [],
  translateName: [],
  headerParser: [],
  accessChecker: [accessCompat, allowMethods],
  satisfies: [accessCompat],
  userlessChecker: [authzCore],
  checkUser: [authn],
  authChecker: [authzCore],
  typeChecker: [],
  fixups: [],
  insertFilter: [],
  insertErrorFilter: [],
  handler: [],
};
