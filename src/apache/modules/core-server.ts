// What a server is: its names, its files, and how it calls itself. Virtual hosts are made in core-virtual-host.ts.
import path from 'node:path';
import { readInteger } from '../config/leading-number.ts';
import { hasWildcard } from '../files/wildcard.ts';
import { defineDirective, type DirectiveCall } from '../module/directive.ts';
import { defineModule, type ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { splitWords } from '../syntax/words.ts';

/** Of a server or virtual host. */
export interface CoreServer {
  /** Absolute, without a slash at its end but for the root; undefined where nobody set it. */
  documentRoot: string | undefined;
}

/** Of a folder, location or server. Undefined: not set. */
export interface CoreNaming {
  /** Default `off`: what the client called the server. */
  useCanonicalName: 'on' | 'off' | undefined;
  useCanonicalPhysicalPort: boolean | undefined;
  /** Default `off`. */
  serverSignature: 'on' | 'off' | 'email' | undefined;
}

type Call = DirectiveCall<CoreServer, CoreNaming>;

function setServerName({ words: [text = ''], scope: { host } }: Call): void {
  if (hasWildcard(text)) {
    throw new ConfigurationError(`Invalid ServerName "${text}" use ServerAlias to set multiple server names.`);
  }
  const [, scheme, part = ''] = /^(?:(.*?):\/\/)?(.*)$/s.exec(text) ?? [];
  const colon = part.indexOf(':');
  const port = colon === -1 ? 0 : readInteger(part.slice(colon + 1));
  if (colon !== -1 && (port <= 0 || port > 65_535)) {
    throw new ConfigurationError(`The port number "${text}" is outside the appropriate range (i.e., 1..65535).`);
  }
  host.name = colon === -1 ? part : part.slice(0, colon);
  host.namePort = port;
  if (scheme !== undefined) host.nameScheme = scheme.toLowerCase();
}

function addServerAliases({ words: [text = ''], scope: { host } }: Call): void {
  if (host.isMain) throw new ConfigurationError('ServerAlias only used in <VirtualHost>');
  for (const name of splitWords(text)) (/[*?]/.test(name) ? host.wildAliases : host.aliases).push(name);
}

function setDocumentRoot({ words: [text = ''], server, scope }: Call): void {
  const root = path.posix.resolve(scope.process.serverRoot, text);
  const stats = scope.files.stat(root);
  if (stats === undefined || stats === 'denied' || stats.kind !== 'folder') {
    if (scope.host.isMain) {
      throw new ConfigurationError(`DocumentRoot '${root}' is not a directory, or is not readable`);
    }
    scope.warn(`AH00112: Warning: DocumentRoot [${root}] does not exist`, 'startup');
  }
  server.documentRoot = root;
}

function setCanonicalName({ words: [text = ''], directory }: Call): void {
  const word = text.toLowerCase();
  if (word === 'dns') {
    throw new ConfigurationError(
      'UseCanonicalName DNS is not supported by perdura: it looks no names up; use On or Off',
    );
  }
  if (word !== 'on' && word !== 'off') throw new ConfigurationError("parameter must be 'on', 'off', or 'dns'");
  directory.useCanonicalName = word;
}

function setCanonicalPort({ words: [text = ''], directory }: Call): void {
  const word = text.toLowerCase();
  if (word !== 'on' && word !== 'off') throw new ConfigurationError("parameter must be 'on' or 'off'");
  directory.useCanonicalPhysicalPort = word === 'on';
}

function setSignature({ words: [text = ''], directory }: Call): void {
  const word = text.toLowerCase();
  if (word !== 'on' && word !== 'off' && word !== 'email') {
    throw new ConfigurationError('ServerSignature: use one of: off | on | email');
  }
  directory.serverSignature = word;
}

export const coreServer: ApacheModule<CoreServer, CoreNaming> = defineModule<CoreServer, CoreNaming>({
  name: 'core.c',
  identifier: 'core_module',
  createServer: () => ({ documentRoot: undefined }),
  mergeServer: (base, over) => ({ documentRoot: over.documentRoot ?? base.documentRoot }),
  createDirectory: () => ({
    useCanonicalName: undefined,
    useCanonicalPhysicalPort: undefined,
    serverSignature: undefined,
  }),
  mergeDirectory: (base, over) => ({
    useCanonicalName: over.useCanonicalName ?? base.useCanonicalName,
    useCanonicalPhysicalPort: over.useCanonicalPhysicalPort ?? base.useCanonicalPhysicalPort,
    serverSignature: over.serverSignature ?? base.serverSignature,
  }),
  directives: [
    defineDirective({
      name: 'ServerName',
      contexts: ['server'],
      tier: 1,
      arguments: 'one',
      usage: 'The hostname and port of the server',
      summary: 'The name of a server, and of what it calls itself in redirects.',
      apply: setServerName,
    }),
    defineDirective({
      name: 'ServerAlias',
      contexts: ['server'],
      tier: 1,
      arguments: 'raw',
      usage: 'A name or names alternately used to access the server',
      summary: 'Other names of a virtual host, with `*` and `?`.',
      apply: addServerAliases,
    }),
    defineDirective({
      name: 'ServerAdmin',
      contexts: ['server'],
      tier: 1,
      arguments: 'one',
      usage: 'The email address of the server administrator',
      summary: 'The address that error pages name.',
      apply: ({ words: [text = ''], scope }) => {
        scope.host.admin = text;
      },
    }),
    defineDirective({
      name: 'DocumentRoot',
      contexts: ['server'],
      tier: 1,
      arguments: 'one',
      usage: 'Root directory of the document tree',
      summary: 'The folder that is served.',
      apply: setDocumentRoot,
    }),
    defineDirective({
      name: 'UseCanonicalName',
      contexts: ['server', 'directory'],
      tier: 1,
      arguments: 'one',
      usage: 'How to work out the ServerName : Port when constructing URLs',
      summary: 'Whether redirects name the server by ServerName (`On`) or as the client did (`Off`).',
      apply: setCanonicalName,
    }),
    defineDirective({
      name: 'UseCanonicalPhysicalPort',
      contexts: ['server', 'directory'],
      tier: 2,
      arguments: 'one',
      usage: 'Whether to use the physical Port when constructing URLs',
      summary: 'Whether redirects may name the port that the connection came to.',
      apply: setCanonicalPort,
    }),
    defineDirective({
      name: 'ServerSignature',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['any'],
      tier: 1,
      arguments: 'one',
      usage: 'En-/disable server signature (on|off|email)',
      summary: 'The line below error pages and listings.',
      apply: setSignature,
    }),
    defineDirective({
      name: 'Error',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['any'],
      tier: 1,
      arguments: 'raw',
      usage: 'Generate error message from within configuration',
      summary: 'Refuses the configuration with a message of its author.',
      apply: ({ words: [text = ''] }) => {
        if (text === '') throw new ConfigurationError('The Error directive was used with no message.');
        // Apache looks at the first and the last character alone.
        const isQuoted = /^["']/.test(text) && text.endsWith(text.charAt(0));
        throw new ConfigurationError(isQuoted ? text.slice(1, -1) : text);
      },
    }),
  ],
});
