// Every module there is. What each of them may say in a configuration is declared in its own file.
import type { ApacheModule } from './module/module.ts';
import { coreKeepAlive } from './modules/core-keep-alive.ts';
import { coreListen } from './modules/core-listen.ts';
import { coreRequest } from './modules/core-request.ts';
import { coreServer } from './modules/core-server.ts';
import { coreVirtualHost } from './modules/core-virtual-host.ts';
import { deprecated } from './modules/deprecated.ts';
import { inertModules } from './modules/inert.ts';
import { reqtimeout } from './modules/reqtimeout.ts';

/** In the order in which Apache links them, as far as it matters: request/hook-order.ts has the order of each step. */
export const MODULES: readonly ApacheModule[] = [
  coreServer,
  coreVirtualHost,
  coreListen,
  coreKeepAlive,
  coreRequest,
  deprecated,
  reqtimeout,
  ...inertModules,
];
