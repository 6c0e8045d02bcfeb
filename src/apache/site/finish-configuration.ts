// What modules look at once a configuration is whole: files that directives named, folders of logs.
import { MODULES } from '../catalogue.ts';
import type { ConfigurationNote } from '../config/process-configuration.ts';
import type { LoadedConfiguration } from '../config/read-configuration.ts';
import type { FileLookup } from '../files/file-lookup.ts';
import { ConfigurationError, ConfigurationRefused } from '../syntax/configuration-error.ts';

/** @throws ConfigurationRefused */
export function finishConfiguration(configuration: LoadedConfiguration, files: FileLookup): void {
  for (const [hook, form] of [
    ['checkConfig', 'check'],
    ['postConfig', 'structure'],
  ] as const) {
    for (const { definition } of MODULES) {
      if (!configuration.modules.has(definition.name)) continue;
      try {
        definition.hooks?.[hook]?.(configuration, files);
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        const refused = new ConfigurationRefused(error.message, undefined, form);
        const before = error.before.map((message): ConfigurationNote => ({ level: 'warn', message }));
        refused.notes = [...configuration.notes, ...before];
        throw refused;
      }
    }
  }
}
