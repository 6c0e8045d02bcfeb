// Every module there is. What each of them may say in a configuration is declared in its own file.
import type { ApacheModule } from './module/module.ts';
import { alias } from './modules/alias.ts';
import { coreContent } from './modules/core-content.ts';
import { coreEntityTag } from './modules/core-entity-tag.ts';
import { coreKeepAlive } from './modules/core-keep-alive.ts';
import { coreListen } from './modules/core-listen.ts';
import { coreMime } from './modules/core-mime.ts';
import { coreRanges } from './modules/core-ranges.ts';
import { coreServer } from './modules/core-server.ts';
import { coreTrace } from './modules/core-trace.ts';
import { coreVirtualHost } from './modules/core-virtual-host.ts';
import { deprecated } from './modules/deprecated.ts';
import { dir } from './modules/dir.ts';
import { inertModules } from './modules/inert.ts';
import { mime } from './modules/mime.ts';

/** In the order in which Apache links them, as far as it matters: request/hook-order.ts has the order of each step. */
export const MODULES: readonly ApacheModule[] = [
  coreServer,
  coreVirtualHost,
  coreListen,
  coreKeepAlive,
  coreContent,
  coreEntityTag,
  coreMime,
  coreRanges,
  coreTrace,
  mime,
  alias,
  deprecated,
  dir,
  ...inertModules,
];
