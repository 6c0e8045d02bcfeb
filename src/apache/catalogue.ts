// Every module there is. What each of them may say in a configuration is declared in its own file.
import type { ApacheModule } from './module/module.ts';
import { coreKeepAlive } from './modules/core-keep-alive.ts';
import { coreListen } from './modules/core-listen.ts';
import { coreServer } from './modules/core-server.ts';
import { coreVirtualHost } from './modules/core-virtual-host.ts';
import { deflate } from './modules/deflate.ts';
import { deprecated } from './modules/deprecated.ts';
import { env } from './modules/env.ts';
import { expires } from './modules/expires.ts';
import { filter } from './modules/filter.ts';
import { headers } from './modules/headers.ts';
import { inertModules } from './modules/inert.ts';
import { coreFilters, mimeFilters } from './modules/output-filters.ts';
import { setenvif } from './modules/setenvif.ts';

/** In the order in which Apache links them, as far as it matters: request/hook-order.ts has the order of each step. */
export const MODULES: readonly ApacheModule[] = [
  coreServer,
  coreVirtualHost,
  coreListen,
  coreKeepAlive,
  env,
  expires,
  deflate,
  filter,
  coreFilters,
  mimeFilters,
  headers,
  setenvif,
  deprecated,
  ...inertModules,
];
