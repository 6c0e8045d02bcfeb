// Reads what the tables have of httpd.conf and .htaccess: the directives of mod_rewrite, and a few others by hand.
import type { ProcessConfiguration } from '#src/apache/config/process-configuration.js';
import type { VirtualHost } from '#src/apache/config/virtual-host.js';
import type { FileLookup } from '#src/apache/files/file-lookup.js';
import type { ConfigVector } from '#src/apache/module/config-vector.js';
import type { ConfigurationScope } from '#src/apache/module/configuration-scope.js';
import type { RewriteModule } from '#src/apache/modules/rewrite.js';
import { cutArguments } from '#src/apache/syntax/directive-arguments.js';

/** What stands at one place besides the rules. Undefined: not said there. */
export interface OtherSettings {
  followsLinks: boolean | undefined;
  mergesSlashes: boolean;
  aliases: ReadonlyArray<readonly [prefix: string, folder: string]>;
}

export interface ConfiguredPlace extends OtherSettings {
  readonly directory: ConfigVector;
  readonly warnings: readonly string[];
}

/** `path`: of the folder; without it the lines are the host's. */
export function configurePlace(
  module: RewriteModule,
  lines: string,
  host: VirtualHost,
  files: FileLookup,
  path?: string,
): ConfiguredPlace {
  const directory: ConfigVector = path === undefined ? host.directory : [];
  const warnings: string[] = [];
  const other: OtherSettings = { followsLinks: undefined, mergesSlashes: true, aliases: [] };
  let isSkipped = false;
  for (const line of lines.split('\n')) {
    const [, name = '', text = ''] = /^\s*(\S*)\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === '') continue;
    if (name === '<IfModule') isSkipped = text !== 'mod_rewrite.c>';
    else if (name === '</IfModule>') isSkipped = false;
    else if (!isSkipped && !applyOther(name, text, other, host)) applyRule(name, text);
  }
  return { directory, warnings, ...other };

  function applyRule(name: string, text: string): void {
    const found = module.definition.directives.find((known) => known.name.toLowerCase() === name.toLowerCase());
    if (found?.kind !== 'directive') throw new Error(`there is no ${name}`);
    for (const { words, on } of cutArguments(found.arguments, found.name, text, found.usage)) {
      found.apply({
        name,
        words,
        on,
        place: { file: 'test.conf', line: 1 },
        server: module.ownServer(host.server),
        directory: module.ownDirectory(directory, path),
        scope: {
          path,
          place: { file: 'test.conf', line: 1 },
          // What AllowOverride grants is for others to check.
          htaccess: path === undefined ? undefined : { classes: new Set(['FileInfo']) },
          host,
          files,
          process: { serverRoot: '/', modules: new Set<string>() } as unknown as ProcessConfiguration,
          warn: (message: string) => void warnings.push(message),
        } as unknown as ConfigurationScope,
      });
    }
  }
}

/** Directives of others that the tables need, or need not. */
function applyOther(name: string, text: string, other: OtherSettings, host: VirtualHost): boolean {
  if (['ErrorDocument', 'AddType', 'DirectorySlash'].includes(name)) return true;
  if (name === 'MergeSlashes') other.mergesSlashes = text.toLowerCase() !== 'off';
  else if (name === 'ServerAdmin') host.admin = text;
  else if (name === 'Alias') other.aliases = [...other.aliases, text.split(' ') as [string, string]];
  else if (name === 'Options') {
    if (/-FollowSymLinks/i.test(text)) other.followsLinks = false;
    if (/\+(?:FollowSymLinks|SymLinksIfOwnerMatch)/i.test(text)) other.followsLinks = true;
  } else return false;
  return true;
}
