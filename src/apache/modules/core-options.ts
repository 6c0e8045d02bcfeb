// Options, AllowOverride, AllowOverrideList and AccessFileName: what a folder may do, and what its .htaccess may say.
import { KNOWN_DIRECTIVES } from '../config/known-directives.ts';
import { OptionSet } from '../config/option-set.ts';
import type { OptionName } from '../config/option-set.ts';
import { grantOverrides, parseOverrideList, parseOverrideRule } from '../config/override-rule.ts';
import type { OverrideRule } from '../config/override-rule.ts';
import { OWN_SOURCE } from '../module/configuration-scope.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { OverrideGrant } from '../module/override-grant.ts';
import { splitWords } from '../syntax/words.ts';

/** Apache's default of AccessFileName. */
const DEFAULT_ACCESS_NAMES: readonly string[] = ['.htaccess'];

/** Of a server or virtual host. */
export class CoreOptionsServer {
  /** Undefined: AccessFileName was not set. */
  accessNames: readonly string[] | undefined = undefined;

  /** The names under which a folder's own configuration is looked for; the first that is there counts. */
  get accessFileNames(): readonly string[] {
    return this.accessNames ?? DEFAULT_ACCESS_NAMES;
  }
}

/** Of a folder, section or .htaccess. */
export class CoreOptions {
  options: OptionSet = OptionSet.UNSET;
  rule: OverrideRule | undefined = undefined;
  list: ReadonlySet<string> | undefined = undefined;
  #grant: OverrideGrant | undefined | 'unknown' = 'unknown';

  /** Whether an option holds; asked of what was merged. */
  has(name: OptionName): boolean {
    return this.options.has(name);
  }

  /** What .htaccess may say; undefined where it is not read. Asked of what was merged: always the same object. */
  get grant(): OverrideGrant | undefined {
    if (this.#grant === 'unknown') this.#grant = grantOverrides(this.rule, this.list);
    return this.#grant;
  }
}

function mergeOptions(base: CoreOptions, over: CoreOptions): CoreOptions {
  const merged = new CoreOptions();
  merged.options = over.options.within(base.options);
  merged.rule = over.rule ?? base.rule;
  merged.list = over.list ?? base.list;
  return merged;
}

const USELESS_SECTIONS: ReadonlySet<string> = new Set([
  '<location',
  '<locationmatch',
  '<files',
  '<filesmatch',
  '<if',
  '<elseif',
  '<else',
  '<limit',
  '<limitexcept',
]);

/** What options of modules that perdura does not have would do. `All` asks for none of them by its name. */
const FOREIGN_OPTIONS: Readonly<Record<string, { readonly modules: readonly string[]; readonly lack: string }>> = {
  multiviews: { modules: ['mod_negotiation.c'], lack: 'names without extension find no file' },
  includes: { modules: ['mod_include.c'], lack: 'files are sent as they are' },
  includesnoexec: { modules: ['mod_include.c'], lack: 'files are sent as they are' },
  execcgi: { modules: ['mod_cgi.c', 'mod_cgid.c'], lack: 'no program is run' },
};

function warnOfForeignOption(word: string, scope: ConfigurationScope): void {
  if (word.startsWith('-')) return;
  const name = word.replace(/^\+/, '');
  const foreign = FOREIGN_OPTIONS[name.toLowerCase()];
  if (foreign === undefined || !foreign.modules.some((module) => scope.process.modules.has(module))) return;
  const { file, line } = scope.place;
  scope.warn(`${file}:${line}: Options ${name} is without effect in perdura: ${foreign.lack}`, OWN_SOURCE);
}

function isUseless(scope: ConfigurationScope): boolean {
  return scope.sections.some((name) => USELESS_SECTIONS.has(name.toLowerCase()));
}

/** Whether .htaccess may have a directive at all; what it may not have is left out of the list, as in Apache. */
function isListable(name: string, scope: ConfigurationScope): boolean {
  const key = name.toLowerCase();
  const known = KNOWN_DIRECTIVES.find((one) => one.name.toLowerCase() === key && scope.process.modules.has(one.module));
  const where = `in AllowOverrideList at ${scope.place.file}:${scope.place.line}`;
  if (known === undefined) {
    scope.warn(`AH00116: Discarding unrecognized directive \`${name}' ${where}`);
    return false;
  }
  if (known.contexts.includes('htaccess')) return true;
  scope.warn(`AH02304: Discarding directive \`${name}' not allowed ${where}`);
  return false;
}

/** See the head of the file. */
export const coreOptions: ApacheModule<CoreOptionsServer, CoreOptions> = defineModule({
  name: 'core.c',
  identifier: 'core_module',
  createServer: () => new CoreOptionsServer(),
  mergeServer: (base, over) => {
    const merged = new CoreOptionsServer();
    merged.accessNames = over.accessNames ?? base.accessNames;
    return merged;
  },
  createDirectory: () => new CoreOptions(),
  mergeDirectory: mergeOptions,
  directives: [
    defineDirective({
      name: 'Options',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['Options'],
      arguments: 'raw',
      tier: 1,
      usage: 'Set a number of attributes for a given directory',
      summary: 'Which features a folder has: listings, links, content negotiation.',
      apply: ({ words, directory, scope }) => {
        const names = splitWords(words[0] ?? '');
        directory.options = directory.options.afterLine(names, scope.htaccess?.options);
        for (const name of names) warnOfForeignOption(name, scope);
      },
    }),
    defineDirective({
      name: 'AllowOverride',
      contexts: ['directory'],
      arguments: 'raw',
      tier: 1,
      usage: 'Controls what groups of directives can be configured by per-directory config files',
      summary: 'Which classes of directives .htaccess may have; None: it is not read.',
      apply: ({ words, directory, place, scope }) => {
        if (isUseless(scope)) {
          scope.warn(`AH00114: Useless use of AllowOverride in line ${place.line} of ${place.file}.`);
        }
        directory.rule = parseOverrideRule(splitWords(words[0] ?? ''), directory.rule);
      },
    }),
    defineDirective({
      name: 'AllowOverrideList',
      contexts: ['directory'],
      arguments: 'raw',
      tier: 2,
      usage: 'Controls what individual directives can be configured by per-directory config files',
      summary: 'Single directives that .htaccess may have.',
      apply: ({ words, directory, place, scope }) => {
        if (isUseless(scope)) {
          scope.warn(`AH00115: Useless use of AllowOverrideList at ${place.file}:${place.line}`);
        }
        directory.list = parseOverrideList(splitWords(words[0] ?? ''), (name) => isListable(name, scope));
      },
    }),
    defineDirective({
      name: 'AccessFileName',
      contexts: ['server'],
      arguments: 'raw',
      tier: 1,
      usage: 'Name(s) of per-directory config files (default: .htaccess)',
      summary: 'Under which names a folder has its own configuration.',
      apply: ({ words, server }) => {
        server.accessNames = splitWords(words[0] ?? '');
      },
    }),
  ],
});
