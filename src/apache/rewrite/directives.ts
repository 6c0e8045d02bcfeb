// The directives of mod_rewrite.
import { isKnownStatus } from '../answer/status-lines.ts';
import { defineDirective } from '../module/directive.ts';
import type { AnyDirective, DirectiveCall } from '../module/directive.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { parseCondition } from './condition.ts';
import { declareMap } from './map-declaration.ts';
import { REWRITE_OPTIONS } from './rewrite-configuration.ts';
import type { DirectoryRewriting, RewriteOption, RewriteRules, ServerRewriting } from './rewrite-configuration.ts';
import { parseRule } from './rule.ts';
import type { RewriteSurroundings } from './surroundings.ts';

type Call = DirectiveCall<ServerRewriting, DirectoryRewriting>;

const EVERYWHERE = ['server', 'directory', 'htaccess'] as const;

/** At the level of a server the host's own rules, elsewhere those of the folder. */
function targetOf(call: Call): RewriteRules {
  if (call.scope.path !== undefined) return call.directory;
  call.server.owner = call.scope.host;
  return call.server;
}

function readOptions(words: readonly string[], call: Call): RewriteOption[] {
  const options: RewriteOption[] = [];
  for (const word of words) {
    const name = word.toLowerCase();
    if (name.startsWith('maxredirects=')) {
      call.scope.warn(
        'AH00664: RewriteOptions: MaxRedirects option has been removed in favor of the global LimitInternalRecursion directive and will be ignored.',
        'rewrite',
      );
      continue;
    }
    const option = REWRITE_OPTIONS.find((known) => known === name);
    if (option === undefined) throw new ConfigurationError(`RewriteOptions: unknown option '${word}'`);
    options.push(option);
  }
  return options;
}

/** See the head of the file. */
export function rewriteDirectives(
  surroundings: RewriteSurroundings,
): ReadonlyArray<AnyDirective<ServerRewriting, DirectoryRewriting>> {
  return [
    defineDirective({
      name: 'RewriteEngine',
      contexts: EVERYWHERE,
      override: ['FileInfo'],
      arguments: 'flag',
      tier: 1,
      usage: 'On or Off to enable or disable (default) the whole rewriting engine',
      summary: 'Whether the rules of this place are applied.',
      apply: (call) => {
        const target = targetOf(call);
        target.enabled = call.on;
        // What holds for a server holds in its folders, too, until they say otherwise.
        call.directory.enabled = call.on;
      },
    }),
    defineDirective({
      name: 'RewriteOptions',
      contexts: EVERYWHERE,
      override: ['FileInfo'],
      arguments: 'each',
      tier: 2,
      usage: 'List of option strings to set',
      summary: 'Which rules of outer folders and servers are inherited, and other particulars.',
      apply: (call) => {
        const options = readOptions(call.words, call);
        const target = targetOf(call);
        target.addOptions(options);
        if (target !== call.directory) call.directory.addOptions(options);
      },
    }),
    defineDirective({
      name: 'RewriteBase',
      contexts: EVERYWHERE,
      override: ['FileInfo'],
      arguments: 'one',
      tier: 1,
      usage: 'the base URL of the per-directory context',
      summary: 'The URL path of a folder whose URL is not its path below DocumentRoot.',
      apply: ({ words, directory, scope }) => {
        const base = words[0]!;
        if (scope.path === undefined) {
          throw new ConfigurationError('RewriteBase: only valid in per-directory config files');
        }
        if (base === '') throw new ConfigurationError('RewriteBase: empty URL not allowed');
        if (!base.startsWith('/')) throw new ConfigurationError('RewriteBase: argument is not a valid URL');
        directory.base = base;
      },
    }),
    defineDirective({
      name: 'RewriteCond',
      contexts: EVERYWHERE,
      override: ['FileInfo'],
      arguments: 'raw',
      tier: 1,
      usage: 'an input string and a to be applied regexp-pattern',
      summary: 'A condition of the next RewriteRule.',
      apply: (call) => {
        const target = targetOf(call);
        const condition = parseCondition(call.words[0] ?? '', surroundings, call.scope);
        target.conditions = [...target.conditions, condition];
      },
    }),
    defineDirective({
      name: 'RewriteRule',
      contexts: EVERYWHERE,
      override: ['FileInfo'],
      arguments: 'raw',
      tier: 1,
      usage: 'an URL-applied regexp-pattern and a substitution URL',
      summary: 'Replaces a path that matches, redirects it, or refuses it.',
      apply: (call) => {
        const target = targetOf(call);
        const rule = parseRule(call.words[0] ?? '', target.conditions, isKnownStatus);
        // In .htaccess it is refused when a request comes to it, as by an httpd without mod_proxy.
        if (rule.flags.proxy && call.scope.htaccess === undefined) {
          throw new ConfigurationError(
            "RewriteRule: flag 'P' is not supported by perdura, which forwards no requests to other servers",
          );
        }
        target.rules = [...target.rules, rule];
        target.conditions = [];
      },
    }),
    defineDirective({
      name: 'RewriteMap',
      contexts: ['server'],
      arguments: 'twoOrThree',
      tier: 2,
      usage: 'a mapname and a filename and options',
      summary: 'A table for `${name:key|default}`: a text file, or a function.',
      apply: ({ words, server, scope }) => {
        server.owner = scope.host;
        server.maps = new Map([...server.maps, [words[0]!, declareMap(words[0]!, words[1]!, scope)]]);
      },
    }),
  ];
}
