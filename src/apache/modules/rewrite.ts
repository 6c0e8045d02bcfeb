// mod_rewrite: where its steps stand among those of a request. What the rules do is in ../rewrite/.
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { rewriteDirectives } from '../rewrite/directives.ts';
import { redirectToTarget, rewriteDirectory, rewritesDirectory } from '../rewrite/directory-context.ts';
import { parseRewriteExpression } from '../rewrite/expression-condition.ts';
import { runLookUps } from '../request/look-up-steps.ts';
import { applyForcedType } from '../rewrite/forced-type.ts';
import {
  DirectoryRewriting,
  ServerRewriting,
  mergeDirectoryRewriting,
  mergeServerRewriting,
} from '../rewrite/rewrite-configuration.ts';
import { rewriteServer, rewritesServer } from '../rewrite/server-context.ts';
import type { RewriteSurroundings } from '../rewrite/surroundings.ts';
import { withinBudget } from '../rewrite/within-budget.ts';

import { coreOptions } from './core-options.ts';
import { REQUEST_DEFAULTS, coreRequest } from './core-request.ts';
import { coreServer } from './core-server.ts';

export type RewriteModule = ApacheModule<ServerRewriting, DirectoryRewriting>;

/** The module with what it asks of others. Tests make one of their own. */
export function makeRewriteModule(surroundings: RewriteSurroundings): RewriteModule {
  const module: RewriteModule = defineModule({
    name: 'mod_rewrite.c',
    identifier: 'rewrite_module',
    createServer: () => new ServerRewriting(),
    mergeServer: mergeServerRewriting,
    createDirectory: (path) => new DirectoryRewriting(path),
    mergeDirectory: mergeDirectoryRewriting,
    directives: rewriteDirectives(surroundings),
    hooks: {
      translateName(request) {
        const server = module.ofServer(request.host.server);
        if (!rewritesServer(request, server, module.ofDirectory(request.directoryConfig))) return undefined;
        return runLookUps(withinBudget(request, rewriteServer(request, server, surroundings)), request);
      },
      fixups(request) {
        const directory = module.ofDirectory(request.directoryConfig);
        if (!rewritesDirectory(request, directory)) return undefined;
        const server = module.ofServer(request.host.server);
        return runLookUps(withinBudget(request, rewriteDirectory(request, directory, server, surroundings)), request);
      },
      handler: redirectToTarget,
    },
  });
  return module;
}

/** As httpd is put together. */
export const rewrite: RewriteModule = makeRewriteModule({
  parseExpression: parseRewriteExpression,
  documentRootOf: ({ host, services }) => coreServer.ofServer(host.server).documentRoot ?? services.serverRoot,
  mayFollowLinks({ directoryConfig }) {
    const options = coreOptions.ofDirectory(directoryConfig);
    return options.has('FollowSymLinks') || options.has('SymLinksIfOwnerMatch');
  },
  requestLineLimitOf: ({ host }) =>
    coreRequest.ofServer(host.server).limitRequestLineBytes ?? REQUEST_DEFAULTS.limitRequestLineBytes,
});

/** [T] and [H] hold after all other fixups, and before nothing: a step of its own, at the other end. */
export const rewriteTypes: ApacheModule<null, null> = defineModule<null, null>({
  name: 'mod_rewrite.c',
  identifier: 'rewrite_module',
  directives: [],
  hooks: {
    fixups(request) {
      applyForcedType(request);
      return undefined;
    },
  },
});
