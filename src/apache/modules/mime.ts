// mod_mime: media type, charset, language, encoding and handler of a file by its extensions.
import { belowServerRoot } from '../config/server-root-path.ts';
import { describeName, mergeMeanings } from '../content/describe-name.ts';
import type { ExtensionMeaning } from '../content/describe-name.ts';
import { takeHandlerName, warnOfRunningType } from '../content/handler-names.ts';
import { parseMediaTypeFile } from '../content/media-type-file.ts';
import type { MediaTypes } from '../content/media-type-file.ts';
import { respellMediaType } from '../content/media-type.ts';
import { defineDirective } from '../module/directive.ts';
import type { DirectiveDefinition } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

interface MimeServer {
  /** Relative to ServerRoot; undefined: nobody said. */
  typesFile: string | undefined;
  /** What is in the file. It is the main server's for all hosts, as in Apache. */
  types: MediaTypes;
}

interface MimeDirectory {
  meanings: Map<string, ExtensionMeaning>;
  defaultLanguage: string | undefined;
  usePathInfo: boolean | undefined;
}

/** Compiled into Apache. */
const DEFAULT_TYPES_FILE = 'conf/mime.types';

/** The largest known file of types has some hundred kilobytes. */
const MAX_TYPES_FILE_BYTES = 16 * 1024 * 1024;

const IN_FILE_INFO = { contexts: ['server', 'directory', 'htaccess'], override: ['FileInfo'] } as const;

function setMeaning(directory: MimeDirectory, extension: string, meaning: ExtensionMeaning): void {
  const key = extension.replace(/^\./, '').toLowerCase();
  directory.meanings.set(key, { ...directory.meanings.get(key), ...meaning });
}

function adding(
  kind: keyof ExtensionMeaning,
  name: string,
  what: string,
  summary: string,
): DirectiveDefinition<MimeServer, MimeDirectory> {
  return defineDirective({
    ...IN_FILE_INFO,
    name,
    tier: 1,
    arguments: 'pairs',
    usage: `${what} followed by one or more file extensions`,
    summary,
    apply: ({ words: [value, extension], directory, scope }) => {
      let meaning = value!.toLowerCase();
      if (kind === 'handler') meaning = takeHandlerName(name, meaning, scope);
      if (kind === 'type') warnOfRunningType(name, meaning, scope);
      setMeaning(directory, extension!, { [kind]: meaning });
    },
  });
}

function removing(
  kind: keyof ExtensionMeaning,
  name: string,
  summary: string,
): DirectiveDefinition<MimeServer, MimeDirectory> {
  return defineDirective({
    ...IN_FILE_INFO,
    name,
    tier: 1,
    arguments: 'each',
    usage: 'one or more file extensions',
    summary,
    apply: ({ words: [extension], directory }) => setMeaning(directory, extension!, { [kind]: null }),
  });
}

export const mime: ApacheModule<MimeServer, MimeDirectory> = defineModule<MimeServer, MimeDirectory>({
  name: 'mod_mime.c',
  identifier: 'mime_module',
  createServer: () => ({ typesFile: undefined, types: new Map() }),
  mergeServer: (base, over) => ({ typesFile: over.typesFile ?? base.typesFile, types: base.types }),
  createDirectory: () => ({ meanings: new Map(), defaultLanguage: undefined, usePathInfo: undefined }),
  mergeDirectory: (base, over) => ({
    meanings: new Map(mergeMeanings(base.meanings, over.meanings)),
    defaultLanguage: over.defaultLanguage ?? base.defaultLanguage,
    usePathInfo: over.usePathInfo ?? base.usePathInfo,
  }),
  directives: [
    defineDirective({
      name: 'TypesConfig',
      contexts: ['server'],
      tier: 1,
      arguments: 'one',
      usage: 'the MIME types config file',
      summary: 'the file of media types, `conf/mime.types` of ServerRoot where nothing is said',
      apply: ({ words, server }) => {
        server.typesFile = words[0]!;
      },
    }),
    adding('type', 'AddType', 'a mime type', 'the media type of files with an extension'),
    removing('type', 'RemoveType', 'takes back what AddType and TypesConfig said of an extension'),
    adding('charset', 'AddCharset', 'a charset (e.g., iso-2022-jp),', 'the charset of files with an extension'),
    removing('charset', 'RemoveCharset', 'takes back what AddCharset said of an extension'),
    adding('encoding', 'AddEncoding', 'an encoding (e.g., gzip),', 'the content coding of files with an extension'),
    removing('encoding', 'RemoveEncoding', 'takes back what AddEncoding said of an extension'),
    adding('language', 'AddLanguage', 'a language (e.g., fr),', 'the language of files with an extension'),
    removing('language', 'RemoveLanguage', 'takes back what AddLanguage said of an extension'),
    adding('handler', 'AddHandler', 'a handler name', 'the handler of files with an extension; see SetHandler'),
    removing('handler', 'RemoveHandler', 'takes back what AddHandler said of an extension'),
    defineDirective({
      ...IN_FILE_INFO,
      name: 'DefaultLanguage',
      tier: 1,
      arguments: 'one',
      usage: 'language to use for documents with no other language file extension',
      summary: 'the language of files whose names do not tell one',
      apply: ({ words, directory }) => {
        directory.defaultLanguage = words[0]!;
      },
    }),
    defineDirective({
      name: 'ModMimeUsePathInfo',
      contexts: ['directory'],
      tier: 2,
      arguments: 'flag',
      usage: 'Set to on to allow mod_mime to use path info for type assignment',
      summary: 'whether extensions behind the name of the file count, too',
      apply: ({ on, directory }) => {
        directory.usePathInfo = on;
      },
    }),
  ],
  hooks: {
    postConfig: ({ hosts, serverRoot }, files) => {
      const [main] = hosts;
      const name = (main === undefined ? undefined : mime.ofServer(main.server).typesFile) ?? DEFAULT_TYPES_FILE;
      const path = belowServerRoot(name, serverRoot);
      const text = files.readSmall(path, MAX_TYPES_FILE_BYTES);
      if (text === undefined) {
        const advice = 'TypesConfig says where it is, e.g. TypesConfig /etc/mime.types';
        throw new ConfigurationError(`AH01597: could not open mime types config file ${path}. (${advice})`);
      }
      const types = parseMediaTypeFile(text);
      for (const host of hosts) mime.ownServer(host.server).types = types;
    },
    typeChecker: describeFile,
  },
});

function describeFile(request: ApacheRequest): 'ok' | undefined {
  if (request.fileStats?.kind === 'folder') {
    request.contentType = 'httpd/unix-directory';
    return 'ok';
  }
  if (request.filename === undefined) return undefined;
  const { meanings, defaultLanguage, usePathInfo } = mime.ofDirectory(request.directoryConfig);
  const path = usePathInfo === true ? request.filename + request.pathInfo : request.filename;
  const { types } = mime.ofServer(request.host.server);
  const found = describeName(path.slice(path.lastIndexOf('/') + 1), meanings, types);
  if (found.type !== undefined) request.contentType = found.type;
  if (found.encoding !== undefined) {
    request.contentEncoding =
      request.contentEncoding === undefined ? found.encoding : `${request.contentEncoding}, ${found.encoding}`;
  }
  if (found.handler !== undefined) request.handler = found.handler;
  if (found.languages.length > 0) request.contentLanguages = found.languages;
  else if (request.contentLanguages.length === 0 && defaultLanguage !== undefined) {
    request.contentLanguages = [defaultLanguage];
  }
  if (request.contentType === undefined) return undefined;
  const { text, fault } = respellMediaType(request.contentType, found.charset);
  request.contentType = text;
  if (fault !== undefined) request.services.log(request, 'warn', 'mime', `${fault.code}: ${fault.message}`);
  return 'ok';
}
