// SetOutputFilter of the core and AddOutputFilter of mod_mime: filters for all answers of a place, and by the extensions of a file.
import { deflateFilter } from '../filters/deflate-filter.ts';
import { findFilter, splitFilterNames } from '../filters/known-filters.ts';
import type { SupportedFilter } from '../filters/known-filters.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { FILTER_ORDER } from '../request/output-filter.ts';
import type { OutputFilter } from '../request/output-filter.ts';

/** A name as it was written; without a filter where nobody knows it. */
interface NamedFilter {
  readonly name: string;
  readonly filter: SupportedFilter | undefined;
}

type FilterList = readonly NamedFilter[];

const FILTERS: Readonly<Record<SupportedFilter, OutputFilter<ApacheRequest>>> = {
  DEFLATE: deflateFilter(FILTER_ORDER.contentCoding),
};

const EVERYWHERE = { contexts: ['server', 'directory', 'htaccess'], override: ['FileInfo'] } as const;

interface CoreFilters {
  list: FilterList | undefined;
}

export const coreFilters: ApacheModule<null, CoreFilters> = defineModule<null, CoreFilters>({
  name: 'core.c',
  identifier: 'core_module',
  createDirectory: () => ({ list: undefined }),
  mergeDirectory: (base, over) => ({ list: over.list ?? base.list }),
  directives: [
    defineDirective({
      ...EVERYWHERE,
      name: 'SetOutputFilter',
      arguments: 'one',
      tier: 1,
      usage: 'filter (or ; delimited list of filters) to be run on the request content',
      summary: 'Filters for all answers: DEFLATE.',
      apply({ words, directory, scope }) {
        directory.list = readList(words[0]!, scope);
      },
    }),
  ],
  hooks: {
    insertFilter: (request) => addFilters(request, coreFilters.ofDirectory(request.directoryConfig).list ?? []),
  },
});

/** By extension, in lower case and without its dot. */
interface MimeFilters {
  readonly added: Map<string, FilterList>;
  /** Taken from what an outer place says; what is added here stays. */
  readonly removed: Set<string>;
}

export const mimeFilters: ApacheModule<null, MimeFilters> = defineModule<null, MimeFilters>({
  name: 'mod_mime.c',
  identifier: 'mime_module',
  createDirectory: () => ({ added: new Map(), removed: new Set() }),
  mergeDirectory(base, over) {
    const added = new Map(base.added);
    for (const extension of over.removed) added.delete(extension);
    for (const [extension, list] of over.added) added.set(extension, list);
    return { added, removed: new Set([...base.removed, ...over.removed]) };
  },
  directives: [
    defineDirective({
      ...EVERYWHERE,
      name: 'AddOutputFilter',
      arguments: 'pairs',
      tier: 2,
      usage: 'output filter name (or ; delimited names) followed by one or more file extensions',
      summary: 'Filters for files by their extension: DEFLATE.',
      apply: ({ words, directory, scope }) =>
        void directory.added.set(readExtension(words[1]!), readList(words[0]!, scope)),
    }),
    defineDirective({
      ...EVERYWHERE,
      name: 'RemoveOutputFilter',
      arguments: 'each',
      tier: 2,
      usage: 'one or more file extensions',
      summary: 'Takes back what an outer place says of an extension.',
      apply: ({ words, directory }) => void directory.removed.add(readExtension(words[0]!)),
    }),
  ],
  hooks: {
    insertFilter(request) {
      const { added } = mimeFilters.ofDirectory(request.directoryConfig);
      if (added.size === 0 || request.filename === undefined) return;
      for (const extension of extensionsOf(request.filename)) addFilters(request, added.get(extension) ?? []);
    },
  },
});

function readList(text: string, scope: ConfigurationScope): FilterList {
  return splitFilterNames(text).map((name) => ({ name, filter: findFilter(name, scope) }));
}

function readExtension(word: string): string {
  return word.replace(/^\./, '').toLowerCase();
}

/** Every extension of a file's name counts, and dots in front of it are none. */
function extensionsOf(filename: string): string[] {
  const name = filename.slice(filename.lastIndexOf('/') + 1).replace(/^\.+/, '');
  return name.toLowerCase().split('.').slice(1);
}

function addFilters(request: ApacheRequest, list: FilterList): void {
  for (const { name, filter } of list) {
    if (filter === undefined) {
      request.services.log(request, 'error', 'core', `AH00082: an unknown filter was not added: ${name}`);
    } else {
      request.outputFilters.push(FILTERS[filter]);
    }
  }
}
