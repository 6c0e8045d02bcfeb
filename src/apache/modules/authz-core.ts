// mod_authz_core, mod_authz_host, mod_authz_user and mod_authz_groupfile: Require, its sections, and how those of inner folders are joined.
import { appliesTo, authorise } from '../access/authorisation.ts';
import type { Logic, Rule } from '../access/authorisation.ts';
import { makeCheck } from '../access/require-line.ts';
import { authTypeOf, noteAuthenticationFailure } from './authn.ts';
import type { LimitedMethods } from '../config/limited-methods.ts';
import type { ProcessConfiguration } from '../config/process-configuration.ts';
import { defineDirective, defineSection } from '../module/directive.ts';
import type { SectionDefinition } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { HookResult } from '../module/hooks.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** What holds for a folder. */
interface AuthzDirectory {
  /** How the rules of outer folders count: not at all, or joined with these. */
  merging: 'off' | Logic | undefined;
  rules: Rule<ApacheRequest>[];
  /** The logic of `rules`. */
  logic: Logic;
  /** The sections that are open while the configuration is read. */
  readonly open: OpenSection[];
  forbidsOnFailure: boolean | undefined;
}

interface OpenSection {
  readonly name: string;
  readonly rules: Rule<ApacheRequest>[];
}

const PER_DIRECTORY = ['directory', 'htaccess'] as const;

export const authzCore: ApacheModule<null, AuthzDirectory> = defineModule<null, AuthzDirectory>({
  name: 'mod_authz_core.c',
  identifier: 'authz_core_module',
  createDirectory: () => ({ merging: undefined, rules: [], logic: 'any', open: [], forbidsOnFailure: undefined }),
  mergeDirectory: merge,
  directives: [
    defineDirective({
      name: 'Require',
      contexts: PER_DIRECTORY,
      override: ['AuthConfig'],
      tier: 1,
      arguments: 'raw',
      usage: 'specifies authorization directives which one must pass (or not) for a request to suceeed',
      summary: 'who may come in: all, ip, local, env, method, expr, user, group, valid-user; not before them',
      apply: ({ words, directory, scope }) => {
        addLine(directory, words[0] ?? '', (word, rest) => makeCheck(word, rest, scope), scope.limit);
      },
    }),
    section('<RequireAll', 'all', false),
    section('<RequireAny', 'any', false),
    section('<RequireNone', 'any', true),
    defineDirective({
      name: 'AuthMerging',
      contexts: PER_DIRECTORY,
      override: ['AuthConfig'],
      tier: 2,
      arguments: 'one',
      usage:
        "controls how a <Directory>, <Location>, or similar directive's authorization directives are combined with those of its predecessor",
      summary: 'whether rules of outer folders hold too: Off, And, Or',
      apply: ({ words, directory }) => {
        const merging = { off: 'off', and: 'all', or: 'any' }[words[0]!.toLowerCase()] as 'off' | Logic | undefined;
        if (merging === undefined) throw new ConfigurationError('AuthMerging must be one of: Off | And | Or');
        directory.merging = merging;
      },
    }),
    defineDirective({
      name: 'AuthzSendForbiddenOnFailure',
      contexts: PER_DIRECTORY,
      override: ['AuthConfig'],
      tier: 2,
      arguments: 'flag',
      usage:
        "Controls if an authorization failure should result in a '403 FORBIDDEN' response instead of the HTTP-conforming '401 UNAUTHORIZED'",
      summary: 'answer 403 to a known user who may not',
      apply: ({ on, directory }) => {
        directory.forbidsOnFailure = on;
      },
    }),
  ],
  hooks: {
    checkConfig: refuseOnlyNegative,
    userlessChecker: (request) => check(request, false),
    authChecker: (request) => check(request, true),
  },
});

/** For the modules whose names `<IfModule>` may ask for; their kinds of Require are in access/require-line.ts. */
export const authzHost: ApacheModule<null, null> = defineModule<null, null>({
  name: 'mod_authz_host.c',
  identifier: 'authz_host_module',
  directives: [],
});
export const authzUser: ApacheModule<null, null> = defineModule<null, null>({
  name: 'mod_authz_user.c',
  identifier: 'authz_user_module',
  directives: [],
});

function section(name: string, logic: Logic, negated: boolean): SectionDefinition<null, AuthzDirectory> {
  return defineSection<null, AuthzDirectory>({
    name,
    contexts: PER_DIRECTORY,
    override: ['AuthConfig'],
    tier: 1,
    usage: "Container for grouping an authorization provider's directives",
    summary: negated
      ? 'lets nobody in for whom one of its lines holds'
      : `a group of which ${logic === 'all' ? 'every line' : 'one line'} must hold`,
    apply: ({ words, directory, children, scope }) => {
      const rest = (words[0] ?? '').replace(/>.*$/s, '').trim();
      if (rest !== '') throw new ConfigurationError(`${name}> directive doesn't take additional arguments`);
      const own: OpenSection = { name, rules: [] };
      directory.open.push(own);
      try {
        scope.applyChildren(children, { section: name });
      } finally {
        directory.open.pop();
      }
      if (own.rules.length === 0)
        throw new ConfigurationError(`${name}> directive contains no authorization directives`);
      if (negated) refuseNegation(directory, `${name}> directive`);
      if (own.rules.every((rule) => rule.negated)) noteOnlyNegative(scope.process, name);
      target(directory).push({ kind: 'section', negated, logic, rules: own.rules });
    },
  });
}

/** Sections that let nobody in, by the configuration that they stand in: Apache says so when it has read everything. */
const ONLY_NEGATIVE = new WeakMap<ProcessConfiguration, string>();

function noteOnlyNegative(process: ProcessConfiguration, name: string): void {
  if (!ONLY_NEGATIVE.has(process)) ONLY_NEGATIVE.set(process, name);
}

function refuseOnlyNegative(process: ProcessConfiguration): void {
  const name = ONLY_NEGATIVE.get(process);
  if (name === undefined) return;
  throw new ConfigurationError(`AH01624: ${name}> directive contains only negative authorization directives`);
}

/** Where the next line goes. */
function target(directory: AuthzDirectory): Rule<ApacheRequest>[] {
  return directory.open.at(-1)?.rules ?? directory.rules;
}

/** In a group where one line is enough, a line that can only refuse has no effect, which Apache takes for a mistake. */
function refuseNegation(directory: AuthzDirectory, what: string): void {
  const enclosing = directory.open.at(-1)?.name ?? '<RequireAny';
  if (enclosing !== '<RequireAll') throw new ConfigurationError(`${what} has no effect in ${enclosing}> directive`);
}

function addLine(
  directory: AuthzDirectory,
  text: string,
  make: (word: string, rest: string) => (request: ApacheRequest) => ReturnType<typeof authorise>,
  limit: LimitedMethods | undefined,
): void {
  let rest = text;
  const negated = /^not(?:\s|$)/i.test(rest);
  if (negated) rest = rest.slice(3).trimStart();
  const [, word = '', behind = ''] = /^(\S*)\s*([^]*)$/.exec(rest) ?? [];
  const lineCheck = make(word, behind);
  if (negated) refuseNegation(directory, 'negative Require directive');
  target(directory).push({ kind: 'line', negated, limit, check: lineCheck });
}

function merge(base: AuthzDirectory, over: AuthzDirectory): AuthzDirectory {
  const forbidsOnFailure = over.forbidsOnFailure ?? base.forbidsOnFailure;
  // Places of one kind are joined before they are set against those of another: the last of them says how, unless it says nothing of rules.
  const saysNothing = over.merging === undefined && over.rules.length === 0 && base.rules.length > 0;
  const fixed = { merging: saysNothing ? base.merging : over.merging, open: [], forbidsOnFailure };
  // AuthMerging Off alone takes back what outer places say.
  if (over.rules.length === 0 && over.merging !== 'off') return { ...fixed, rules: base.rules, logic: base.logic };
  if (over.merging === undefined || over.merging === 'off' || base.rules.length === 0) {
    return { ...fixed, rules: over.rules, logic: over.logic };
  }
  const parts = [base, over].map(({ rules, logic }): Rule<ApacheRequest> => ({
    kind: 'section',
    negated: false,
    logic,
    rules,
  }));
  return { ...fixed, rules: parts, logic: over.merging };
}

function check(request: ApacheRequest, userKnown: boolean): HookResult {
  const { rules, logic, forbidsOnFailure } = authzCore.ofDirectory(request.directoryConfig);
  if (rules.length === 0) {
    if (authTypeOf(request) === undefined) return 'ok';
    const message = 'AH01627: AuthType configured with no corresponding authorization directives';
    request.services.log(request, 'error', 'authz_core', message);
    return 500;
  }
  // Where every line is limited to other methods, nothing is asked of this one.
  if (!rules.some((rule) => appliesTo(rule, request.method))) return 'ok';
  const verdict = authorise(rules, logic, request, request.method);
  if (verdict === 'granted') return 'ok';
  if (verdict === 'unknownUser' && !userKnown) return undefined;
  const { services } = request;
  const place = request.filename ?? request.path;
  if (verdict === 'unknownUser') {
    services.log(
      request,
      'error',
      'authz_core',
      `AH01629: authorization failure (no authenticated user): ${request.path}`,
    );
  } else if (!userKnown || authTypeOf(request) === undefined) {
    services.log(request, 'error', 'authz_core', `AH01630: client denied by server configuration: ${place}`);
    return 403;
  } else {
    services.log(
      request,
      'error',
      'authz_core',
      `AH01631: user ${request.user ?? ''}: authorization failure for "${request.path}": `,
    );
    if (forbidsOnFailure === true) return 403;
  }
  noteAuthenticationFailure(request);
  return 401;
}
