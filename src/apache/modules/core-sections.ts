// <Directory>, <Location>, <Files> and their kin, <Limit>: they collect what they hold for the walks of a request.
import { canonicalPath } from '../files/canonical-path.ts';
import { hasWildcard } from '../files/wildcard.ts';
import { limitMethods, parseLimitedMethods } from '../config/limited-methods.ts';
import { argumentOfSection, parseSectionSubject, refuseMore } from '../config/section-argument.ts';
import { InnerSections, ServerSections } from '../config/section-lists.ts';
import type { SectionMatch } from '../config/section-match.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import { defineSection } from '../module/directive.ts';
import type { DirectiveContext, SectionCall, SectionDefinition } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { splitWords } from '../syntax/words.ts';

type Inner = InnerSections;
type Call = SectionCall<ServerSections, Inner>;
type Definition = SectionDefinition<ServerSections, Inner>;

/**
 * As `<Directory>` writes its folder: with a slash at its end. A relative one is below `/`: Apache takes the working folder of whoever
 * starts it, which is `/` for a service.
 */
function folderOf(word: string): string {
  const canonical = canonicalPath(word.startsWith('/') ? word : `/${word}`)!;
  return canonical.endsWith('/') ? canonical : `${canonical}/`;
}

/** Slashes of a folder; none for the root, which comes first and always matches. */
function depthOf(folder: string): number {
  return folder === '/' ? 0 : folder.split('/').length - 1;
}

function textMatch(text: string): SectionMatch {
  return { kind: hasWildcard(text) ? 'wildcard' : 'exact', text };
}

function directorySection(name: '<Directory' | '<DirectoryMatch', summary: string): Definition {
  return defineSection({
    name,
    contexts: ['server'],
    forbidden: [],
    tier: 1,
    usage: '',
    summary,
    apply: ({ words, children, server, scope }: Call) => {
      const { word, pattern, hasMore } = parseSectionSubject(name, words[0] ?? '', name === '<DirectoryMatch');
      const path = pattern === undefined ? folderOf(word) : word;
      const directory: ConfigVector = [];
      scope.applyChildren(children, { directory, path, section: name });
      refuseMore(name, hasMore);
      server.directories.push({ match: pattern ?? textMatch(path), depth: depthOf(path), config: directory });
    },
  });
}

function locationSection(name: '<Location' | '<LocationMatch', summary: string): Definition {
  return defineSection({
    name,
    contexts: ['server'],
    forbidden: [],
    tier: 1,
    usage: '',
    summary,
    apply: ({ words, children, server, scope }: Call) => {
      const { word, pattern, hasMore } = parseSectionSubject(name, words[0] ?? '', name === '<LocationMatch');
      const directory: ConfigVector = [];
      scope.applyChildren(children, { directory, path: word, section: name });
      refuseMore(name, hasMore);
      server.locations.push({ match: pattern ?? textMatch(word), config: directory });
    },
  });
}

const EVERYWHERE: readonly DirectiveContext[] = ['server', 'directory', 'htaccess'];

function filesSection(name: '<Files' | '<FilesMatch', summary: string): Definition {
  return defineSection({
    name,
    contexts: EVERYWHERE,
    override: ['any'],
    forbidden: ['Location', 'Limit'],
    tier: 1,
    usage: '',
    summary,
    apply: ({ words, children, directory: outer, scope }: Call) => {
      const { word, pattern, hasMore } = parseSectionSubject(name, words[0] ?? '', name === '<FilesMatch');
      const directory: ConfigVector = [];
      scope.applyChildren(children, { directory, path: word, section: name });
      refuseMore(name, hasMore);
      outer.files.push({ match: pattern ?? textMatch(word), config: directory });
    },
  });
}

function limitSection(name: '<Limit' | '<LimitExcept', summary: string): Definition {
  return defineSection({
    name,
    contexts: ['directory', 'htaccess'],
    override: ['AuthConfig', 'Limit'],
    tier: 1,
    usage: '',
    summary,
    apply: ({ words, children, scope }: Call) => {
      const methods = splitWords(argumentOfSection(name, words[0] ?? ''));
      const inner = parseLimitedMethods(name, methods, scope.htaccess !== undefined);
      scope.applyChildren(children, { section: name, limit: limitMethods(name, scope.limit, inner) });
    },
  });
}

/** See the head of the file. */
export const coreSections: ApacheModule<ServerSections, Inner> = defineModule({
  name: 'core.c',
  identifier: 'core_module',
  createServer: () => new ServerSections(),
  mergeServer: (base, over) =>
    new ServerSections([...base.directories, ...over.directories], [...base.locations, ...over.locations]),
  createDirectory: () => new InnerSections(),
  mergeDirectory: (base, over) => new InnerSections([...base.files, ...over.files]),
  directives: [
    directorySection('<Directory', 'A folder of the file system and what is below it.'),
    directorySection('<DirectoryMatch', 'Paths of the file system that a regular expression matches.'),
    locationSection('<Location', 'A URL path and what is below it.'),
    locationSection('<LocationMatch', 'URL paths that a regular expression matches.'),
    filesSection('<Files', 'Files of a name.'),
    filesSection('<FilesMatch', 'Files whose name a regular expression matches.'),
    limitSection('<Limit', 'Access rules for some methods.'),
    limitSection('<LimitExcept', 'Access rules for all but some methods.'),
  ],
});
