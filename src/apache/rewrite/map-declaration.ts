// `RewriteMap name type:source`: which map it is, and whether its file is there.
import { belowServerRoot } from '../config/server-root-path.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { TextMap, internalMap } from './rewrite-map.ts';
import type { RewriteMap } from './rewrite-map.ts';

const DATABASE = 'RewriteMap types dbd and fastdbd require mod_dbd!';

/** @throws ConfigurationError in Apache's words, and in ours for maps that run programs or read databases. */
export function declareMap(name: string, source: string, scope: ConfigurationScope): RewriteMap {
  const [, type = '', rest = ''] = /^([A-Za-z]+)[:=]([^]*)$/.exec(source) ?? [];
  switch (type.toLowerCase()) {
    case 'txt':
      return new TextMap(findFile(name, rest, scope));
    case 'rnd':
      return new TextMap(findFile(name, rest, scope), Math.random);
    case 'int': {
      const map = internalMap(rest);
      if (map === undefined) throw new ConfigurationError(`RewriteMap: internal map not found:${rest}`);
      return map;
    }
    case 'dbd':
    case 'fastdbd':
      throw new ConfigurationError(DATABASE);
    case 'prg':
    case 'dbm':
      throw new ConfigurationError(
        `RewriteMap: maps of the type ${type} are not supported by perdura: use txt, rnd or int`,
      );
    default:
      return new TextMap(findFile(name, source, scope));
  }
}

function findFile(name: string, source: string, scope: ConfigurationScope): string {
  const file = belowServerRoot(source, scope.process.serverRoot);
  const stats = scope.files.stat(file);
  if (stats === undefined || stats === 'denied') {
    throw new ConfigurationError(`RewriteMap: file for map ${name} not found:${file}`);
  }
  return file;
}
