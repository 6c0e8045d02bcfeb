// What Include and IncludeOptional say of themselves.

/** One of the two. */
export interface IncludeDirective {
  readonly name: string;
  readonly isOptional: boolean;
  readonly usage: string;
}

/** By their names in lower case. */
export const INCLUDE_DIRECTIVES: ReadonlyMap<string, IncludeDirective> = new Map([
  [
    'include',
    {
      name: 'Include',
      isOptional: false,
      usage: 'Name(s) of the config file(s) to be included; fails if the wildcard does not match at least one file',
    },
  ],
  [
    'includeoptional',
    {
      name: 'IncludeOptional',
      isOptional: true,
      usage:
        'Name or pattern of the config file(s) to be included; ignored if the file does not exist or the pattern does not match any files',
    },
  ],
]);
