// mod_allowmethods: which methods a folder answers at all.
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { isKnownMethod } from '../request/methods.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** Undefined: all. */
interface AllowedMethods {
  methods: ReadonlySet<string> | undefined;
}

export const allowMethods: ApacheModule<null, AllowedMethods> = defineModule<null, AllowedMethods>({
  name: 'mod_allowmethods.c',
  identifier: 'allowmethods_module',
  createDirectory: () => ({ methods: undefined }),
  mergeDirectory: (_, over) => over,
  directives: [
    defineDirective({
      name: 'AllowMethods',
      contexts: ['directory'],
      tier: 2,
      arguments: 'any',
      usage: 'only allow specific methods',
      summary: 'the methods that a folder answers; reset: all',
      apply: ({ words, directory }) => {
        if (words.length === 0) throw new ConfigurationError("AllowMethods: No method or 'reset' keyword given");
        if (words.length === 1 && words[0]!.toLowerCase() === 'reset') {
          directory.methods = undefined;
          return;
        }
        for (const method of words) {
          if (!isKnownMethod(method)) throw new ConfigurationError(`AllowMethods: Invalid Method '${method}'`);
        }
        directory.methods = new Set([...(directory.methods ?? []), ...words]);
      },
    }),
  ],
  hooks: {
    accessChecker: (request) => {
      const { methods } = allowMethods.ofDirectory(request.directoryConfig);
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      if (methods === undefined || methods.has(method)) return undefined;
      request.services.log(
        request,
        'error',
        'allowmethods',
        `AH01623: client method denied by server configuration: '${request.method}' to ${request.filename ?? request.path}`,
      );
      return 405;
    },
  },
});
