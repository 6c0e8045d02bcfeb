// What mod_ssl checks of files that directives name, when it reads them.
import { belowServerRoot } from '../config/server-root-path.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** The absolute path of a file that is there and not empty. @throws ConfigurationError in Apache's words */
export function checkFile(directive: string, name: string, scope: ConfigurationScope): string {
  const file = belowServerRoot(name, scope.process.serverRoot);
  const stats = scope.files.stat(file);
  if (stats === undefined || stats === 'denied' || stats.kind !== 'file' || stats.sizeBytes === 0) {
    throw new ConfigurationError(`${directive}: file '${file}' does not exist or is empty`);
  }
  return file;
}

/** The same for a folder. */
export function checkFolder(directive: string, name: string, scope: ConfigurationScope): string {
  const folder = belowServerRoot(name, scope.process.serverRoot);
  const stats = scope.files.stat(folder);
  if (stats === undefined || stats === 'denied' || stats.kind !== 'folder') {
    throw new ConfigurationError(`${directive}: directory '${folder}' does not exist`);
  }
  return folder;
}
