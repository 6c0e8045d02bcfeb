// mod_env: variables that the configuration gives to every request of a place.
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { FieldTable } from '../request/field-table.ts';

/** What a place says of variables. */
interface Variables {
  readonly set: FieldTable;
  /** Taken from what an outer place has set. */
  readonly unset: Set<string>;
}

export const env: ApacheModule<null, Variables> = defineModule<null, Variables>({
  name: 'mod_env.c',
  identifier: 'env_module',
  createDirectory: () => ({ set: new FieldTable(), unset: new Set() }),
  mergeDirectory(base, over) {
    const set = base.set.copy();
    for (const name of over.unset) set.unset(name);
    for (const [name, value] of over.set) set.set(name, value);
    return { set, unset: new Set([...base.unset, ...over.unset]) };
  },
  directives: [
    defineDirective({
      name: 'SetEnv',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      arguments: 'oneOrTwo',
      tier: 1,
      usage: 'an environment variable name and optional value to pass to CGI.',
      summary: 'Sets a variable. SetEnvIf and rewrite rules come before it, and their value stays.',
      apply: ({ words, directory }) => directory.set.set(words[0]!, words[1] ?? ''),
    }),
    defineDirective({
      name: 'PassEnv',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      arguments: 'each',
      tier: 2,
      usage: 'a list of environment variables to pass to CGI.',
      summary: 'Passes variables of the process on to requests.',
      apply({ words, directory, scope }) {
        const name = words[0]!;
        const value = scope.process.environment?.[name];
        if (value === undefined) scope.warn(`AH01506: PassEnv variable ${name} was undefined`, 'env');
        else directory.set.set(name, value);
      },
    }),
    defineDirective({
      name: 'UnsetEnv',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      arguments: 'each',
      tier: 1,
      usage: 'a list of variables to remove from the CGI environment.',
      summary: 'Takes back variables that SetEnv or PassEnv have set here or further out.',
      apply({ words, directory }) {
        directory.set.unset(words[0]!);
        directory.unset.add(words[0]!);
      },
    }),
  ],
  hooks: {
    fixups(request) {
      for (const [name, value] of env.ofDirectory(request.directoryConfig).set) {
        // What is there already was set by SetEnvIf or a rewrite rule, and is found first.
        if (!request.env.has(name)) request.env.add(name, value);
      }
      return undefined;
    },
  },
});
