// mod_filter: filters that are added where the answer is of a kind. AddOutputFilterByType is a short way to say one such chain.
import { EvaluationError, ExpressionError, evaluate, parseExpression } from '../expression/index.ts';
import type { Expression } from '../expression/index.ts';
import { deflateFilter } from '../filters/deflate-filter.ts';
import { changeChain, mergeChains } from '../filters/filter-chain.ts';
import type { FilterChain } from '../filters/filter-chain.ts';
import { findFilter, splitFilterNames } from '../filters/known-filters.ts';
import { parseProtocolFlags } from '../filters/protocol-flags.ts';
import type { ProtocolFlags } from '../filters/protocol-flags.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { defineDirective } from '../module/directive.ts';
import { expressionPlace } from '../module/expression-place.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { expressionScope } from '../request/expression-scope.ts';
import { FILTER_ORDER } from '../request/output-filter.ts';
import type { OutputFilter } from '../request/output-filter.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

type FilterOrder = OutputFilter<ApacheRequest>['order'];

/** DEFLATE, and for which answers. */
interface Provider {
  readonly name: string;
  readonly condition: { readonly type: string } | { readonly expression: Expression };
  flags: ProtocolFlags | undefined;
}

/** A name with those who stand behind it: the first whose condition holds filters the answer. */
interface Harness {
  readonly order: FilterOrder;
  readonly providers: Provider[];
}

interface Filters {
  readonly harnesses: Map<string, Harness>;
  chain: FilterChain;
}

const SERVER_AND_FOLDER = ['server', 'directory'] as const;
const CHAINING = { contexts: [...SERVER_AND_FOLDER, 'htaccess'], override: ['Options'], tier: 3 } as const;

/** Types of FilterDeclare. Others would come behind what makes the head of an answer. */
const ORDERS: ReadonlyMap<string, FilterOrder> = new Map<string, FilterOrder>([
  ['RESOURCE', FILTER_ORDER.resource],
  ['CONTENT_SET', FILTER_ORDER.contentCoding],
]);
const LATE_TYPES = new Set(['PROTOCOL', 'TRANSCODE', 'CONNECTION', 'NETWORK']);

export const filter: ApacheModule<null, Filters> = defineModule<null, Filters>({
  name: 'mod_filter.c',
  identifier: 'filter_module',
  createDirectory: () => ({ harnesses: new Map(), chain: [] }),
  // A name that an inner place uses is its own altogether: types that an outer place gave to DEFLATE do not count there.
  mergeDirectory: (base, over) => ({
    harnesses: new Map([...base.harnesses, ...over.harnesses]),
    chain: mergeChains(base.chain, over.chain),
  }),
  directives: [
    defineDirective({
      name: 'AddOutputFilterByType',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      arguments: 'pairs',
      tier: 1,
      usage: '',
      summary: 'A filter for answers of a type: DEFLATE.',
      apply({ words, directory, scope }) {
        for (const name of splitFilterNames(words[0]!)) {
          const chained = `BYTYPE:${name}`;
          const isNew = !directory.harnesses.has(chained);
          addProvider(directory, chained, name, { type: words[1]! }, scope);
          if (isNew) directory.chain = changeChain(directory.chain, chained);
        }
      },
    }),
    defineDirective({
      ...CHAINING,
      name: 'FilterDeclare',
      arguments: 'oneOrTwo',
      usage: 'filter-name [filter-type]',
      summary: 'A name for filters, and when they are asked.',
      apply({ words, directory }) {
        const type = words[1]?.toUpperCase() ?? 'RESOURCE';
        if (LATE_TYPES.has(type))
          throw new ConfigurationError(`FilterDeclare: the type ${type} is not supported by perdura`);
        directory.harnesses.set(words[0]!, { order: ORDERS.get(type) ?? FILTER_ORDER.resource, providers: [] });
      },
    }),
    defineDirective({
      ...CHAINING,
      name: 'FilterProvider',
      arguments: 'three',
      usage: 'filter-name provider-name match-expression',
      summary: 'A filter for a name, and for which answers.',
      apply: ({ words, directory, scope }) =>
        addProvider(directory, words[0]!, words[1]!, { expression: readExpression(words[2]!, scope) }, scope),
    }),
    defineDirective({
      ...CHAINING,
      name: 'FilterChain',
      arguments: 'each',
      usage: 'list of filter names with optional [+-=!@]',
      summary: 'Which names are asked, in which order.',
      apply({ words, directory }) {
        directory.chain = changeChain(directory.chain, words[0]!);
      },
    }),
    defineDirective({
      ...CHAINING,
      name: 'FilterProtocol',
      arguments: 'twoOrThree',
      usage: 'filter-name [provider-name] protocol-args',
      summary: 'Which fields a filter makes untrue.',
      apply({ words, directory }) {
        const harness = directory.harnesses.get(words[0]!);
        if (harness === undefined) throw new ConfigurationError('FilterProtocol: No such filter');
        const name = words.length === 3 ? words[1]!.toLowerCase() : undefined;
        const providers = harness.providers.filter((one) => name === undefined || one.name.toLowerCase() === name);
        if (name !== undefined && providers.length === 0) {
          throw new ConfigurationError('FilterProtocol: No such provider for this filter');
        }
        for (const provider of providers) provider.flags = parseProtocolFlags(words.at(-1)!);
      },
    }),
    defineDirective({
      name: 'FilterTrace',
      contexts: SERVER_AND_FOLDER,
      arguments: 'two',
      tier: 3,
      effect: 'inert',
      usage: 'filter-name debug-level',
      summary: 'Without effect: nothing is traced.',
      apply({ words, directory }) {
        if (!directory.harnesses.has(words[0]!)) throw new ConfigurationError(`Undeclared smart filter ${words[0]}`);
      },
    }),
  ],
  hooks: {
    insertFilter(request) {
      const { chain, harnesses } = filter.ofDirectory(request.directoryConfig);
      for (const name of chain) {
        if (name === undefined) continue;
        const harness = harnesses.get(name);
        if (harness === undefined) {
          request.services.log(request, 'warn', 'filter', `AH01380: Unknown filter ${name} not added`);
        } else {
          request.outputFilters.push(chosenFilter(name, harness));
        }
      }
    },
  },
});

function addProvider(
  filters: Filters,
  chained: string,
  name: string,
  condition: Provider['condition'],
  scope: ConfigurationScope,
): void {
  if (findFilter(name, scope) === undefined) throw new ConfigurationError(`Unknown filter provider ${name}`);
  let harness = filters.harnesses.get(chained);
  if (harness === undefined) {
    harness = { order: FILTER_ORDER.contentCoding, providers: [] };
    filters.harnesses.set(chained, harness);
  }
  harness.providers.push({ name, condition, flags: undefined });
}

function readExpression(text: string, scope: ConfigurationScope): Expression {
  try {
    return parseExpression(text, expressionPlace(scope));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ConfigurationError(`Error parsing FilterProvider expression:${error.message}`);
  }
}

const chosen = new WeakMap<Harness, OutputFilter<ApacheRequest>>();

/** One for each name: it asks who filters when the content is there. */
function chosenFilter(name: string, harness: Harness): OutputFilter<ApacheRequest> {
  const known = chosen.get(harness);
  if (known !== undefined) return known;
  const deflate = deflateFilter(harness.order);
  const made: OutputFilter<ApacheRequest> = {
    name,
    order: harness.order,
    run(request) {
      // Pages for errors stay as they are, also those of ErrorDocument.
      if (request.status >= 400) return;
      const provider = harness.providers.find(({ condition }) => holds(condition, request));
      if (provider === undefined) return;
      provider.flags?.changeFields(request.headersOut);
      return deflate.run(request);
    },
  };
  chosen.set(harness, made);
  return made;
}

/** Types are compared as they are written, what follows a semicolon left out. */
function holds(condition: Provider['condition'], request: ApacheRequest): boolean {
  if ('expression' in condition) return isTrue(condition.expression, request);
  return request.contentType !== undefined && /^[^; \t]*/.exec(request.contentType)![0] === condition.type;
}

function isTrue(expression: Expression, request: ApacheRequest): boolean {
  try {
    return evaluate(expression, expressionScope(request));
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    request.services.log(request, 'warn', 'filter', `Evaluation of expression failed: ${error.message}`);
    return false;
  }
}
