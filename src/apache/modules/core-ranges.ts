// MaxRanges, MaxRangeOverlaps, MaxRangeReversals, and the filter that they limit.
import { makeRangeFilter } from '../content/range-filter.ts';
import { defineDirective } from '../module/directive.ts';
import type { DirectiveDefinition } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { contentTypeField } from './core-mime.ts';

/** Undefined: nothing is said; Infinity: unlimited; 0: none. */
interface CoreRanges {
  maxRanges: number | undefined;
  maxOverlaps: number | undefined;
  maxReversals: number | undefined;
}

/** Apache's defaults. */
const DEFAULT_MAX_RANGES = 200;
const DEFAULT_MAX_OVERLAPS = 20;
const DEFAULT_MAX_REVERSALS = 20;

function limiting(
  name: string,
  key: keyof CoreRanges,
  defaultValue: number,
  what: string,
): DirectiveDefinition<null, CoreRanges> {
  return defineDirective({
    name,
    contexts: ['server', 'directory'],
    tier: 2,
    arguments: 'one',
    usage: `Maximum number of ${what} in a request before returning the entire resource, or 0 for unlimited`,
    summary: `how many ${what} may be asked for; \`none\`, \`default\` (${defaultValue}), \`unlimited\` or a number`,
    apply: ({ words, directory }) => {
      directory[key] = parseLimit(name, words[0]!, defaultValue);
    },
  });
}

/** What stands behind the digits is not looked at, as in C's strtol. */
function parseLimit(name: string, word: string, defaultValue: number): number {
  const lower = word.toLowerCase();
  if (lower === 'none') return 0;
  if (lower === 'default') return defaultValue;
  if (lower === 'unlimited') return Number.POSITIVE_INFINITY;
  const value = Number.parseInt(word, 10);
  if (value >= 1 && value < 2 ** 63) return value;
  throw new ConfigurationError(`${name} requires 'none', 'default', 'unlimited' or a positive integer`);
}

export const coreRanges: ApacheModule<null, CoreRanges> = defineModule<null, CoreRanges>({
  name: 'core.c',
  identifier: 'core_module',
  createDirectory: () => ({ maxRanges: undefined, maxOverlaps: undefined, maxReversals: undefined }),
  mergeDirectory: (base, over) => ({
    maxRanges: over.maxRanges ?? base.maxRanges,
    maxOverlaps: over.maxOverlaps ?? base.maxOverlaps,
    maxReversals: over.maxReversals ?? base.maxReversals,
  }),
  directives: [
    limiting('MaxRanges', 'maxRanges', DEFAULT_MAX_RANGES, 'Ranges'),
    limiting('MaxRangeOverlaps', 'maxOverlaps', DEFAULT_MAX_OVERLAPS, 'overlaps in Ranges'),
    limiting('MaxRangeReversals', 'maxReversals', DEFAULT_MAX_REVERSALS, 'reversals in Ranges'),
  ],
  hooks: {
    insertFilter: insertRangeFilter,
    insertErrorFilter: (request) => {
      if (request.status === 200) insertRangeFilter(request);
    },
  },
});

/** The pages that Redirect answers with 200 are as good as files. */
function insertRangeFilter(request: ApacheRequest): void {
  if (request.isSubrequest || !request.headersIn.has('Range')) return;
  const { maxRanges, maxOverlaps, maxReversals } = coreRanges.ofDirectory(request.directoryConfig);
  const filter = makeRangeFilter(request, {
    limits: {
      maxRanges: maxRanges ?? DEFAULT_MAX_RANGES,
      maxOverlaps: maxOverlaps ?? DEFAULT_MAX_OVERLAPS,
      maxReversals: maxReversals ?? DEFAULT_MAX_REVERSALS,
    },
    typeOf: contentTypeField,
  });
  if (filter !== undefined) request.outputFilters.push(filter);
}

/** What the Accept-Ranges field tells. */
export function rangesAccepted(request: ApacheRequest): boolean {
  return coreRanges.ofDirectory(request.directoryConfig).maxRanges !== 0;
}
