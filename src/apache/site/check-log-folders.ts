// Whether the folders are there that logs are to be written into: Apache asks it also where it only checks a configuration.
import type { ConfigurationNote } from '../config/process-configuration.ts';
import type { LoadedConfiguration } from '../config/read-configuration.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import type { FileLookup } from '../files/file-lookup.ts';
import { coreErrorLog } from '../modules/core-error-log.ts';
import { logConfig } from '../modules/log-config.ts';
import type { AccessLog } from '../modules/log-config.ts';
import { ConfigurationRefused } from '../syntax/configuration-error.ts';

/** @throws ConfigurationRefused with a note for each folder that is missing, in Apache's words */
export function checkLogFolders(configuration: LoadedConfiguration, files: FileLookup): void {
  const complaints = checkErrorLogs(configuration, files);
  // What the core has found wrong, other modules do not look at any more.
  if (complaints.length === 0) complaints.push(...checkAccessLogs(configuration, files));
  if (complaints.length === 0) return;
  const refused = new ConfigurationRefused('AH00014: Configuration check failed', undefined, 'structure');
  refused.notes = [
    ...configuration.notes,
    ...complaints.map((message): ConfigurationNote => ({ level: 'warn', message })),
  ];
  throw refused;
}

/** The main server, then the hosts from the last to the first. */
function inOrderOfCheck([main, ...others]: readonly VirtualHost[]): readonly VirtualHost[] {
  return [main!, ...others.toReversed()];
}

function checkErrorLogs({ hosts }: LoadedConfiguration, files: FileLookup): string[] {
  const inherited = coreErrorLog.ofServer(hosts[0]!.server).file;
  return inOrderOfCheck(hosts).flatMap(({ server, isMain, place }) => {
    const { file } = coreErrorLog.ofServer(server);
    if (file === undefined || (!isMain && file === inherited)) return [];
    const whose = isMain ? 'main error log' : `error log of vhost defined at ${place?.file}:${place?.line}`;
    return explainFolder('AH02291', file, files, whose);
  });
}

/** A log that several hosts have from the main server is looked at once. */
function checkAccessLogs({ hosts }: LoadedConfiguration, files: FileLookup): string[] {
  const logs = new Set<AccessLog>(
    inOrderOfCheck(hosts).flatMap(({ server }) => {
      const config = logConfig.ofServer(server);
      return [...config.logs, ...config.globalLogs];
    }),
  );
  return [...logs].flatMap(({ file, name, place }) =>
    explainFolder('AH02297', file, files, `log file '${name}' defined at ${place.file}:${place.line}`),
  );
}

function explainFolder(code: string, file: string, files: FileLookup, whose: string): string[] {
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const stats = files.stat(folder);
  if (stats !== undefined && stats !== 'denied' && stats.kind === 'folder') return [];
  const words = files.explain(folder)?.words ?? '(20)Not a directory';
  return [`${words}: ${code}: Cannot access directory '${folder}' for ${whose}`];
}
