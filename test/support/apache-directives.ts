// The tables of docs/apache.md and docs/apache-directives.md, made of the catalogue of directives and of the differential suite.
import { MODULES } from '#src/apache/catalogue.js';
import { KNOWN_DIRECTIVES } from '#src/apache/config/known-directives.js';
import { DELIBERATE_DIFFERENCES } from '../apache/differential/deliberate-differences.ts';

/** What a table is made of. */
export interface TableText {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type Directive = (typeof MODULES)[number]['definition']['directives'][number];

interface Entry {
  readonly module: string;
  readonly directive: Directive;
}

const ENTRIES: readonly Entry[] = MODULES.flatMap(({ definition }) =>
  definition.directives.map((directive) => ({ module: definition.name, directive })),
);

const EFFECT = { inert: 'no effect' } as const;

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

const nameOf = (name: string): string => `\`${name}${name.startsWith('<') ? '>' : ''}\``;

function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

/** Where it may stand, in words. */
function placesOf({ contexts, virtualHost, forbidden = [] }: Directive): string {
  const places = contexts.map((context) => {
    if (context === 'htaccess') return '.htaccess';
    if (context === 'directory') return 'section';
    return virtualHost === false ? 'server' : 'server, host';
  });
  const not = forbidden.map((place) => (place === 'htaccess' ? '.htaccess' : `\`<${place}>\``));
  return `${places.join(', ')}${not.length === 0 ? '' : `; not in ${not.join(', ')}`}`;
}

function rowOf({ module, directive }: Entry): readonly string[] {
  const { name, override = [], tier, effect, summary } = directive;
  return [
    nameOf(name),
    module,
    placesOf(directive),
    override.join(', '),
    String(tier),
    effect === undefined ? '' : EFFECT[effect],
    cell(asSentence(summary)),
  ];
}

/** Every directive of the catalogue, by its name. */
export function tableOfDirectives(): TableText {
  const bare = (name: string): string => name.replace('<', '').toLowerCase();
  const entries = ENTRIES.toSorted((a, b) => bare(a.directive.name).localeCompare(bare(b.directive.name), 'en'));
  return {
    head: ['directive', 'module', 'where', 'AllowOverride', 'tier', 'effect', 'what it does'],
    rows: entries.map(rowOf),
  };
}

/** The directives of Apache and its modules that are refused, module by module. */
export function tableOfRefusedDirectives(): TableText {
  const own = new Set(ENTRIES.map(({ directive }) => directive.name.toLowerCase()));
  const names = new Map<string, string[]>();
  for (const { name, module } of KNOWN_DIRECTIVES) {
    if (own.has(name.toLowerCase())) continue;
    const list = names.get(module) ?? [];
    list.push(nameOf(name));
    names.set(module, list);
  }
  return {
    head: ['module', 'refused'],
    rows: [...names].toSorted(([a], [b]) => a.localeCompare(b, 'en')).map(([module, list]) => [module, list.join(' ')]),
  };
}

/** Where the differential suite expects another answer than httpd's. */
export function tableOfDifferences(): TableText {
  return {
    head: ['where', 'what', 'why'],
    rows: DELIBERATE_DIFFERENCES.map(({ site, part, request, reason }) => [
      site,
      cell(request === '' ? part : `${part}: \`${request.replace(/^\d+: /, '')}\``),
      cell(reason),
    ]),
  };
}
