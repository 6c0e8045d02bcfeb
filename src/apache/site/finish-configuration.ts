// What modules look at once a configuration is whole: files that directives named.
import { MODULES } from '../catalogue.ts';
import type { LoadedConfiguration } from '../config/read-configuration.ts';
import type { FileLookup } from '../files/file-lookup.ts';
import { ConfigurationError, ConfigurationRefused } from '../syntax/configuration-error.ts';

/** @throws ConfigurationRefused */
export function finishConfiguration(configuration: LoadedConfiguration, files: FileLookup): void {
  for (const { definition } of MODULES) {
    if (definition.hooks?.postConfig === undefined || !configuration.modules.has(definition.name)) continue;
    try {
      definition.hooks.postConfig(configuration, files);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new ConfigurationRefused(error.message, undefined, 'structure');
    }
  }
}
