// What is configured for rewriting: for a server, and for a folder. How an outer one and an inner one come together.
import type { VirtualHost } from '../config/virtual-host.ts';
import type { RewriteCondition } from './condition.ts';
import type { RewriteMap } from './rewrite-map.ts';
import type { RewriteRule } from './rule.ts';

/** Of RewriteOptions. */
export const REWRITE_OPTIONS = [
  'inherit',
  'inheritbefore',
  'inheritdown',
  'inheritdownbefore',
  'ignoreinherit',
  'allownoslash',
  'allowanyuri',
  'mergebase',
  'ignorecontextinfo',
  'legacyprefixdocroot',
] as const;

export type RewriteOption = (typeof REWRITE_OPTIONS)[number];

/** What both have. */
export class RewriteRules {
  /** Undefined: RewriteEngine was not set. */
  enabled: boolean | undefined = undefined;
  /** Undefined: RewriteOptions was not set. */
  options: ReadonlySet<RewriteOption> | undefined = undefined;
  rules: readonly RewriteRule[] = [];
  /** Those that wait for their rule. */
  conditions: readonly RewriteCondition[] = [];

  has(option: RewriteOption): boolean {
    return this.options?.has(option) === true;
  }

  addOptions(options: readonly RewriteOption[]): void {
    this.options = new Set([...(this.options ?? []), ...options]);
  }
}

/** Of a server or virtual host. */
export class ServerRewriting extends RewriteRules {
  /** Whose directives these are: where a host has none of its own, the main server's do not count for it. */
  owner: VirtualHost | undefined = undefined;
  maps: ReadonlyMap<string, RewriteMap> = new Map();
}

/** Of a folder, section or .htaccess. */
export class DirectoryRewriting extends RewriteRules {
  /** With its closing slash; undefined at the level of a server. */
  readonly directory: string | undefined;
  base: string | undefined = undefined;

  constructor(directory: string | undefined) {
    super();
    this.directory = directory === undefined || directory.endsWith('/') ? directory : `${directory}/`;
  }
}

type Inheritance = 'after' | 'before' | 'none';

/** Whether the outer rules are kept, and where. `options`: of the inner one. */
function decideInheritance(base: RewriteRules, options: RewriteRules): Inheritance {
  const mayPush = !options.has('ignoreinherit');
  if (options.has('inherit') || (base.has('inheritdown') && mayPush)) return 'after';
  if (options.has('inheritbefore') || (base.has('inheritdownbefore') && mayPush)) return 'before';
  return 'none';
}

function mergeRules(base: RewriteRules, over: RewriteRules, merged: RewriteRules): Inheritance {
  merged.enabled = over.enabled ?? base.enabled;
  merged.options = over.options ?? base.options;
  const inheritance = decideInheritance(base, merged);
  if (inheritance === 'after') {
    merged.rules = [...over.rules, ...base.rules];
    merged.conditions = [...over.conditions, ...base.conditions];
  } else if (inheritance === 'before') {
    merged.rules = [...base.rules, ...over.rules];
    merged.conditions = [...base.conditions, ...over.conditions];
  } else {
    ({ rules: merged.rules, conditions: merged.conditions } = over);
  }
  return inheritance;
}

export function mergeServerRewriting(base: ServerRewriting, over: ServerRewriting): ServerRewriting {
  // A host that says nothing of rewriting has the maps of the main server, for its folders; the rules are not its own.
  if (over.owner === undefined) return base;
  const merged = new ServerRewriting();
  const inheritance = mergeRules(base, over, merged);
  merged.owner = over.owner;
  merged.maps = inheritance === 'none' ? over.maps : new Map([...base.maps, ...over.maps]);
  return merged;
}

export function mergeDirectoryRewriting(base: DirectoryRewriting, over: DirectoryRewriting): DirectoryRewriting {
  const merged = new DirectoryRewriting(over.directory);
  mergeRules(base, over, merged);
  merged.base = merged.has('mergebase') ? (over.base ?? base.base) : over.base;
  return merged;
}
