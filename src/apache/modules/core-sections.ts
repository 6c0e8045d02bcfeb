// <Directory>, <Location>, <Files> and their kin, <If>, <Limit>: they collect what they hold for the walks of a request.
import { canonicalPath } from '../files/canonical-path.ts';
import { hasWildcard } from '../files/wildcard.ts';
import { limitMethods, parseLimitedMethods } from '../config/limited-methods.ts';
import { argumentOfSection, parseSectionSubject, refuseMore, textOfSection } from '../config/section-argument.ts';
import { InnerSections, ServerSections } from '../config/section-lists.ts';
import type { SectionMatch } from '../config/section-match.ts';
import { parseExpression } from '../expression/index.ts';
import type { Expression } from '../expression/index.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import { defineSection } from '../module/directive.ts';
import type { DirectiveContext, ForbiddenPlace, SectionCall, SectionDefinition } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { splitWords, takeWord } from '../syntax/words.ts';

type Inner = InnerSections<Expression>;
type Call = SectionCall<ServerSections, Inner>;
type Definition = SectionDefinition<ServerSections, Inner>;

/** As `<Directory>` writes its folder: with a slash at its end. What is relative stays so, and hardly ever matches. */
function folderOf(word: string): string {
  if (word === '/') return word;
  const canonical = word.startsWith('/') ? canonicalPath(word)! : word;
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

const NOT_IN_LIMIT: readonly ForbiddenPlace[] = ['Limit'];

/** Apache's dummy for the path of these: no folder is known there. */
const CONDITION_PATH = '*If';

function parseCondition(text: string): Expression {
  try {
    return parseExpression(text);
  } catch (error) {
    throw new ConfigurationError(`Cannot parse condition clause: ${(error as Error).message}`);
  }
}

function conditionSection(name: '<If' | '<ElseIf', summary: string): Definition {
  return defineSection({
    name,
    contexts: EVERYWHERE,
    override: ['any'],
    forbidden: NOT_IN_LIMIT,
    tier: 2,
    usage: '',
    summary,
    apply: ({ words, children, directory: outer, scope }: Call) => {
      const { word, rest } = takeWord(argumentOfSection(name, words[0] ?? ''));
      const condition = parseCondition(word);
      const directory: ConfigVector = [];
      scope.applyChildren(children, { directory, path: CONDITION_PATH, section: name });
      if (rest !== '') throw new ConfigurationError(`Multiple ${name}> arguments not supported.`);
      if (name === '<ElseIf') expectCondition(outer);
      outer.conditions.push({ condition, otherwise: name === '<ElseIf', config: directory });
    },
  });
}

function expectCondition(outer: Inner): void {
  if (outer.conditions.at(-1)?.condition === undefined) {
    throw new ConfigurationError('<Else> or <ElseIf> section without previous <If> or <ElseIf> section in same scope');
  }
}

const elseSection: Definition = defineSection({
  name: '<Else',
  contexts: EVERYWHERE,
  override: ['any'],
  forbidden: NOT_IN_LIMIT,
  tier: 2,
  usage: '',
  summary: 'Applies where the <If> and <ElseIf> before it do not.',
  apply: ({ words, children, directory: outer, scope }: Call) => {
    if (textOfSection('<Else', words[0] ?? '') !== '') {
      throw new ConfigurationError('<Else> does not take an argument');
    }
    const directory: ConfigVector = [];
    scope.applyChildren(children, { directory, path: CONDITION_PATH, section: '<Else' });
    expectCondition(outer);
    outer.conditions.push({ condition: undefined, otherwise: true, config: directory });
  },
});

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
  createDirectory: () => new InnerSections<Expression>(),
  mergeDirectory: (base, over) =>
    new InnerSections([...base.files, ...over.files], [...base.conditions, ...over.conditions]),
  directives: [
    directorySection('<Directory', 'A folder of the file system and what is below it.'),
    directorySection('<DirectoryMatch', 'Paths of the file system that a regular expression matches.'),
    locationSection('<Location', 'A URL path and what is below it.'),
    locationSection('<LocationMatch', 'URL paths that a regular expression matches.'),
    filesSection('<Files', 'Files of a name.'),
    filesSection('<FilesMatch', 'Files whose name a regular expression matches.'),
    conditionSection('<If', 'Requests for which an expression holds.'),
    conditionSection('<ElseIf', 'The same where the conditions before it do not hold.'),
    elseSection,
    limitSection('<Limit', 'Access rules for some methods.'),
    limitSection('<LimitExcept', 'Access rules for all but some methods.'),
  ],
});
