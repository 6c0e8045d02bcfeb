// What modules look at once a configuration is whole: what does not go together, and files that directives named.
import { MODULES } from '../catalogue.ts';
import type { LoadedConfiguration } from '../config/read-configuration.ts';
import type { FileLookup } from '../files/file-lookup.ts';
import { ConfigurationError, ConfigurationRefused } from '../syntax/configuration-error.ts';
import { checkLogFolders } from './check-log-folders.ts';

/** What `apache2 -t` checks, too. @throws ConfigurationRefused */
export function checkConfiguration(configuration: LoadedConfiguration, files: FileLookup): void {
  checkLogFolders(configuration, files);
  callHook('checkConfig', 'check', configuration, files);
}

/** What is looked at only when it is to be used. @throws ConfigurationRefused */
export function finishConfiguration(configuration: LoadedConfiguration, files: FileLookup): void {
  callHook('postConfig', 'structure', configuration, files);
}

function callHook(
  hook: 'checkConfig' | 'postConfig',
  form: ConfigurationRefused['form'],
  configuration: LoadedConfiguration,
  files: FileLookup,
): void {
  for (const { definition } of MODULES) {
    if (!configuration.modules.has(definition.name)) continue;
    try {
      definition.hooks?.[hook]?.(configuration, files);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      const refused = new ConfigurationRefused(error.message, undefined, form);
      refused.notes = configuration.notes;
      throw refused;
    }
  }
}
