// What mod_ssl checks of files that directives name, when it reads them.
import path from 'node:path';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** The absolute path of a file that is there and not empty. @throws ConfigurationError in Apache's words */
export function checkFile(directive: string, name: string, scope: ConfigurationScope): string {
  const file = resolvePath(name, scope);
  const stats = scope.files.stat(file);
  if (stats === undefined || stats === 'denied' || stats.kind !== 'file' || stats.sizeBytes === 0) {
    throw new ConfigurationError(`${directive}: file '${file}' does not exist or is empty`);
  }
  return file;
}

/** The same for a folder. */
export function checkFolder(directive: string, name: string, scope: ConfigurationScope): string {
  const folder = resolvePath(name, scope);
  const stats = scope.files.stat(folder);
  if (stats === undefined || stats === 'denied' || stats.kind !== 'folder') {
    throw new ConfigurationError(`${directive}: directory '${folder}' does not exist`);
  }
  return folder;
}

/** Below ServerRoot where it is not absolute. */
export function resolvePath(name: string, scope: ConfigurationScope): string {
  return path.posix.resolve(scope.process.serverRoot, name);
}
