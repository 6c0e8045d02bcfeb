// What a configuration is read with: what is defined and loaded so far, the files, and how much it may be.
import type { ProcessConfiguration } from '../config/process-configuration.ts';
import type { FileLookup } from '../files/file-lookup.ts';
import type { OverrideGrant } from '../module/override-grant.ts';
import type { ReadingLimits } from './reading-limits.ts';
import type { VariableSource } from './variables.ts';

/** See the head of the file. LoadModule, Define, ServerRoot and their kin change it while the files are read. */
export interface ReadingEnvironment extends VariableSource {
  readonly process: ProcessConfiguration;
  readonly files: FileLookup;
  readonly variables: Map<string, string>;
  readonly limits: ReadingLimits;
  /** Set for `.htaccess`: what AllowOverride grants there. */
  readonly grant: OverrideGrant | undefined;
  /** Whether a directive, or a section with its bracket, is known with the modules that are loaded now. */
  readonly hasDirective: (name: string) => boolean;
  /** `source`: the module that Apache logs it for, default `core`; `startup`: told plainly. `level`: default `warn`. */
  readonly warn: (message: string, source?: string, level?: 'error') => void;
}
