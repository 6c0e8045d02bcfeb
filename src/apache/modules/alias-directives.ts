// The directives of mod_alias.
import { findAlias } from '../content/alias-rule.ts';
import type { AliasRule } from '../content/alias-rule.ts';
import { isUrl } from '../content/escape-url.ts';
import { ExpressionError, parseStringExpression } from '../expression/index.ts';
import type { StringExpression } from '../expression/index.ts';
import { OWN_SOURCE } from '../module/configuration-scope.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { defineDirective } from '../module/directive.ts';
import type { AnyDirective, DirectiveCall, DirectiveDefinition } from '../module/directive.ts';
import { expressionPlace } from '../module/expression-place.ts';
import { DEFAULT_MATCH_STEPS, MatchBudget, PatternError, compilePattern } from '../regex/index.ts';
import type { Pattern } from '../regex/index.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import type { AliasDirectory, AliasServer } from './alias-parts.ts';

type Call = DirectiveCall<AliasServer, AliasDirectory>;

const ALIAS_PLACE = { contexts: ['server', 'directory'], tier: 1 } as const;
const REDIRECT_PLACE = { contexts: ['server', 'directory', 'htaccess'], override: ['FileInfo'], tier: 1 } as const;

/** Where one target cannot stand for all of the section, in the order in which Apache looks. */
const WITHOUT_URL_PATH: ReadonlyArray<readonly string[]> = [
  ['<directory', '<directorymatch'],
  ['<files', '<filesmatch'],
  ['<if', '<elseif', '<else'],
];

const STATUS_WORDS: ReadonlyMap<string, number> = new Map([
  ['permanent', 301],
  ['temp', 302],
  ['seeother', 303],
  ['gone', 410],
]);

/** A CGI program must not be sent as a file where Apache would run it: the default handler sees to that. */
const SCRIPT_HANDLER = 'cgi-script';

function compile(source: string): Pattern {
  try {
    return compilePattern(source);
  } catch (error) {
    if (error instanceof PatternError) throw new ConfigurationError('Regular expression could not be compiled.');
    throw error;
  }
}

function parseTarget(what: 'alias' | 'redirect', text: string, scope: ConfigurationScope): StringExpression {
  try {
    return parseStringExpression(text, expressionPlace(scope));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ConfigurationError(`Cannot parse ${what} expression '${text}': ${error.message}`);
  }
}

function isRedirect(status: number): boolean {
  return status >= 300 && status <= 399;
}

function isInSection(scope: ConfigurationScope): boolean {
  return scope.path !== undefined || scope.sections.some((section) => section.toLowerCase() !== '<virtualhost');
}

function warnOfScripts({ name, scope }: Call): void {
  if (scope.process.modules.has('mod_cgi.c') || scope.process.modules.has('mod_cgid.c')) {
    scope.warn(`${name}: perdura runs no CGI programs; requests for them answer 500`, OWN_SOURCE);
  }
}

function addAlias(call: Call, handler: string | undefined): void {
  const { name, words, directory, scope, server } = call;
  const [first = '', second] = words;
  if (handler !== undefined) warnOfScripts(call);
  if (!isInSection(scope)) {
    if (second === undefined) throw new ConfigurationError('Alias must have two arguments when used globally');
    warnOfOverlap(call, first);
    server.aliases.push({ prefix: first, pattern: undefined, target: second, status: 0, handler });
    return;
  }
  if (second !== undefined) throw new ConfigurationError(`${name} cannot occur within directory context`);
  for (const group of WITHOUT_URL_PATH) {
    const section = scope.sections.findLast((enclosing) => group.includes(enclosing.toLowerCase()));
    if (section !== undefined) throw new ConfigurationError(`${name} cannot occur within ${section}> section`);
  }
  directory.scopeAlias = { target: parseTarget('alias', first, scope), path: scope.path ?? '', handler };
}

/** Rules are looked at in their order, so that one may never have its turn. */
function warnOfOverlap({ name, place, scope, server }: Call, prefix: string): void {
  const found = findAlias(server.aliases, prefix, new MatchBudget(DEFAULT_MATCH_STEPS));
  if (found === undefined) return;
  const earlier = `${found.rule.handler === undefined ? 'Alias' : 'ScriptAlias'}${found.rule.pattern === undefined ? '' : 'Match'}`;
  scope.warn(
    `AH00671: The ${name} directive in ${place.file} at line ${place.line} will probably never match because it overlaps an earlier ${earlier}.`,
    'alias',
  );
}

function aliasing(
  name: string,
  handler: string | undefined,
  summary: string,
): DirectiveDefinition<AliasServer, AliasDirectory> {
  return defineDirective({
    ...ALIAS_PLACE,
    name,
    arguments: 'oneOrTwo',
    usage: 'a fakename and a realname, or a realname in a Location',
    summary,
    apply: (call) => addAlias(call, handler),
  });
}

function matching(
  name: string,
  handler: string | undefined,
  summary: string,
): DirectiveDefinition<AliasServer, AliasDirectory> {
  return defineDirective({
    name,
    contexts: ['server'],
    tier: 1,
    arguments: 'two',
    usage: 'a regular expression and a filename',
    summary,
    apply: (call) => {
      if (handler !== undefined) warnOfScripts(call);
      const [source = '', target = ''] = call.words;
      call.server.aliases.push({ prefix: undefined, pattern: compile(source), target, status: 0, handler });
    },
  });
}

/** `status`: what it is without a word for it. `byPattern`: RedirectMatch. */
function addRedirect(call: Call, defaultStatus: number, byPattern: boolean): void {
  const { words, scope, directory, server } = call;
  const [first = '', second, third] = words;
  const named = STATUS_WORDS.get(first.toLowerCase()) ?? (/^\d/.test(first) ? Number.parseInt(first, 10) : undefined);
  if (third !== undefined && named === undefined) {
    throw new ConfigurationError('Redirect: invalid first argument (of three)');
  }
  const status = named ?? defaultStatus;
  const [from, to] = named === undefined ? [first, second] : [second, third];
  const inSection = isInSection(scope);
  // One word that is no status, or a status and one word that is where it leads: all of the section.
  const isScope = inSection && to === undefined && (from === undefined || isRedirect(status));
  const target = isScope ? from : to;
  const pattern = byPattern && !isScope && from !== undefined ? compile(from) : undefined;
  if (isRedirect(status)) {
    if (target === undefined) throw new ConfigurationError('URL to redirect to is missing');
    if (!isScope && !byPattern && !isUrl(target) && !target.startsWith('/')) {
      throw new ConfigurationError('Redirect to non-URL');
    }
  } else if (target !== undefined) {
    throw new ConfigurationError('Redirect URL not valid for this status');
  }
  if (isScope) {
    directory.scopeRedirect = {
      status,
      target: target === undefined ? undefined : parseTarget('redirect', target, scope),
    };
    return;
  }
  // Apache takes it, and its processes die of it at the first request.
  if (from === undefined) throw new ConfigurationError('URL-path to redirect is missing');
  const rule: AliasRule = {
    prefix: byPattern ? undefined : from,
    pattern,
    target: target ?? '',
    status,
    handler: undefined,
  };
  (inSection ? directory.redirects : server.redirects).push(rule);
}

export const ALIAS_DIRECTIVES: ReadonlyArray<AnyDirective<AliasServer, AliasDirectory>> = [
  aliasing('Alias', undefined, 'a folder elsewhere for what begins with a URL path; in Location for all of it'),
  matching('AliasMatch', undefined, 'a file or folder elsewhere for URL paths that match'),
  aliasing(
    'ScriptAlias',
    SCRIPT_HANDLER,
    'as Alias, for CGI programs: they are sent as files unless mod_cgi is loaded',
  ),
  matching('ScriptAliasMatch', SCRIPT_HANDLER, 'as AliasMatch, for CGI programs'),
  defineDirective({
    ...REDIRECT_PLACE,
    name: 'Redirect',
    arguments: 'oneToThree',
    usage: 'an optional status, then document to be redirected and destination URL',
    summary: 'sends clients elsewhere, by the beginning of the path; without a path all of the section',
    apply: (call) => addRedirect(call, 302, false),
  }),
  defineDirective({
    ...REDIRECT_PLACE,
    name: 'RedirectMatch',
    arguments: 'twoOrThree',
    usage: 'an optional status, then a regular expression and destination URL',
    summary: 'sends clients elsewhere, by a regular expression',
    apply: (call) => addRedirect(call, 302, true),
  }),
  defineDirective({
    ...REDIRECT_PLACE,
    name: 'RedirectTemp',
    arguments: 'two',
    usage: 'a document to be redirected, then the destination URL',
    summary: 'Redirect with 302',
    apply: (call) => addRedirect(call, 302, false),
  }),
  defineDirective({
    ...REDIRECT_PLACE,
    name: 'RedirectPermanent',
    arguments: 'two',
    usage: 'a document to be redirected, then the destination URL',
    summary: 'Redirect with 301',
    apply: (call) => addRedirect(call, 301, false),
  }),
  defineDirective({
    ...REDIRECT_PLACE,
    name: 'RedirectRelative',
    tier: 3,
    arguments: 'flag',
    usage: 'Set to ON to allow relative redirect targets to be issued as-is',
    summary: 'whether targets without a host stay without one',
    apply: ({ on, directory }) => {
      directory.relative = on;
    },
  }),
  defineDirective({
    ...REDIRECT_PLACE,
    name: 'AliasPreservePath',
    tier: 3,
    arguments: 'flag',
    usage: 'Map the full path after the alias in a location.',
    summary: 'whether an Alias of a Location keeps what follows the path of the Location',
    apply: ({ on, directory }) => {
      directory.preservePath = on;
    },
  }),
];
