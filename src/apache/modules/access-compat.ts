// mod_access_compat: Order, Allow, Deny, Satisfy, as they were before 2.4. What an inner folder says replaces what an outer one said.
import { includesMethod } from '../config/limited-methods.ts';
import type { LimitedMethods } from '../config/limited-methods.ts';
import { describeSubnetFault, isInSubnet, parseSubnet } from '../expression/index.ts';
import type { Subnet } from '../expression/index.ts';
import { defineDirective } from '../module/directive.ts';
import type { DirectiveDefinition } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { HookResult } from '../module/hooks.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

type Order = 'allow,deny' | 'deny,allow' | 'mutual-failure';

/** One word behind `from`. */
type Place =
  | { readonly kind: 'all' }
  | { readonly kind: 'subnet'; readonly subnet: Subnet }
  | { readonly kind: 'variable'; readonly name: string; readonly unset: boolean };

interface Entry {
  readonly place: Place;
  readonly limit: LimitedMethods | undefined;
}

/** The last line for a method counts. */
interface AccessDirectory {
  readonly orders: { readonly order: Order; readonly limit: LimitedMethods | undefined }[];
  readonly satisfies: { readonly all: boolean; readonly limit: LimitedMethods | undefined }[];
  readonly allowed: Entry[];
  readonly denied: Entry[];
}

const PER_DIRECTORY = ['directory', 'htaccess'] as const;

export const accessCompat: ApacheModule<null, AccessDirectory> = defineModule<null, AccessDirectory>({
  name: 'mod_access_compat.c',
  identifier: 'access_compat_module',
  createDirectory: () => ({ orders: [], satisfies: [], allowed: [], denied: [] }),
  mergeDirectory: (_, over) => over,
  directives: [
    defineDirective({
      name: 'order',
      contexts: PER_DIRECTORY,
      override: ['Limit'],
      tier: 1,
      arguments: 'one',
      usage: "'allow,deny', 'deny,allow', or 'mutual-failure'",
      summary: 'which of Allow and Deny is looked at last, and decides',
      apply: ({ words, directory, scope }) => {
        const order = words[0]!.toLowerCase();
        if (order !== 'allow,deny' && order !== 'deny,allow' && order !== 'mutual-failure') {
          throw new ConfigurationError('unknown order');
        }
        directory.orders.push({ order, limit: scope.limit });
      },
    }),
    fromDirective('allow', 'whom to let in: all, addresses, env=VARIABLE', ({ allowed }) => allowed),
    fromDirective('deny', 'whom to keep out: all, addresses, env=VARIABLE', ({ denied }) => denied),
    defineDirective({
      name: 'Satisfy',
      contexts: PER_DIRECTORY,
      override: ['AuthConfig'],
      tier: 2,
      arguments: 'one',
      usage: "access policy if both allow and require used ('all' or 'any')",
      summary: 'whether address and user must both be right, or one is enough',
      apply: ({ words, directory, scope }) => {
        const word = words[0]!.toLowerCase();
        if (word !== 'all' && word !== 'any') throw new ConfigurationError("Satisfy either 'any' or 'all'.");
        directory.satisfies.push({ all: word === 'all', limit: scope.limit });
      },
    }),
  ],
  hooks: {
    accessChecker: check,
    satisfies: (request) => {
      const { satisfies } = accessCompat.ofDirectory(request.directoryConfig);
      const last = satisfies.findLast(({ limit }) => includesMethod(limit, request.method));
      return last === undefined ? undefined : last.all ? 'all' : 'any';
    },
  },
});

function fromDirective(
  name: 'allow' | 'deny',
  summary: string,
  list: (directory: AccessDirectory) => Entry[],
): DirectiveDefinition<null, AccessDirectory> {
  const usage = "'from' followed by hostnames or IP-address wildcards";
  return defineDirective<null, AccessDirectory>({
    name,
    contexts: PER_DIRECTORY,
    override: ['Limit'],
    tier: 1,
    arguments: 'pairs',
    usage,
    summary,
    apply: ({ words, directory, scope }) => {
      const [from = '', place = ''] = words;
      if (from.toLowerCase() !== 'from') throw new ConfigurationError("allow and deny must be followed by 'from'");
      list(directory).push({ place: parsePlace(place), limit: scope.limit });
    },
  });
}

function parsePlace(word: string): Place {
  if (word.toLowerCase() === 'all') return { kind: 'all' };
  const variable = /^env=(!?)(.*)$/i.exec(word);
  if (variable !== null) return { kind: 'variable', name: variable[2]!, unset: variable[1] === '!' };
  const subnet = parseSubnet(word);
  if (typeof subnet !== 'string') return { kind: 'subnet', subnet };
  // What has a mask is no name.
  if (subnet !== 'noAddress' || word.includes('/')) throw new ConfigurationError(describeSubnetFault(subnet));
  throw new ConfigurationError(
    `the name ${word} is not supported by perdura, which looks no names up: write the addresses`,
  );
}

function check(request: ApacheRequest): HookResult {
  const { orders, allowed, denied } = accessCompat.ofDirectory(request.directoryConfig);
  const order = orders.findLast(({ limit }) => includesMethod(limit, request.method))?.order ?? 'deny,allow';
  const isAllowed = matches(allowed, request);
  const isDenied = matches(denied, request);
  const passes = order === 'deny,allow' ? isAllowed || !isDenied : isAllowed && !isDenied;
  if (passes) return 'ok';
  const place = request.filename ?? request.path;
  request.services.log(request, 'error', 'access_compat', `AH01797: client denied by server configuration: ${place}`);
  return 403;
}

function matches(entries: readonly Entry[], request: ApacheRequest): boolean {
  return entries.some(({ place, limit }) => {
    if (!includesMethod(limit, request.method)) return false;
    if (place.kind === 'all') return true;
    if (place.kind === 'subnet') return isInSubnet(request.connection.remoteAddress, place.subnet);
    return request.env.has(place.name) !== place.unset;
  });
}
