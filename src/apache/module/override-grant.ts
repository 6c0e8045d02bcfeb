// What a .htaccess file may say: AllowOverride, AllowOverrideList, and which options, in one value.
/** The classes of AllowOverride. `any`: whichever of them is granted. */
export type OverrideClass = 'AuthConfig' | 'FileInfo' | 'Indexes' | 'Limit' | 'Options' | 'any';

/** See the head of the file. */
export interface OverrideGrant {
  readonly classes: ReadonlySet<OverrideClass>;
  /** Names of single directives, in lower case; undefined without AllowOverrideList. */
  readonly list: ReadonlySet<string> | undefined;
  /** Which options `Options` may name; undefined: all. */
  readonly options: ReadonlySet<string> | undefined;
  /** What does not make a 500: forbidden directives, unknown ones. */
  readonly nonfatal: ReadonlySet<'override' | 'unknown'>;
}
