// How an expression is read: by the options that it is compiled with, and by those that it sets inside itself.

/** Options of an expression; the defaults are those of `RegexDefaultOptions`: DOTALL and DOLLAR_ENDONLY. */
export interface PatternFlags {
  /** ICASE, `(?i)`, `[NC]`. Default false. */
  readonly ignoreCase?: boolean;
  /** `^` and `$` match at newlines, too: `(?m)`. Default false. */
  readonly multiline?: boolean;
  /** DOTALL, `(?s)`: a dot matches a newline, too. Default true. */
  readonly dotAll?: boolean;
  /** DOLLAR_ENDONLY: `$` does not match before a newline that ends the subject. Default true. */
  readonly dollarEndOnly?: boolean;
}

/** The options at one place of an expression. */
export interface ModeFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly dollarEndOnly: boolean;
  /** `(?x)`: spaces and comments are skipped. `class` for `(?xx)`, which skips spaces and tabs in classes, too. */
  readonly extended: false | true | 'class';
  /** `(?U)`: quantifiers are lazy, and greedy with a question mark. */
  readonly ungreedy: boolean;
  /** `(?n)`: plain parentheses do not capture. */
  readonly namedOnly: boolean;
}

export function startingFlags(flags: PatternFlags): ModeFlags {
  return {
    ignoreCase: flags.ignoreCase ?? false,
    multiline: flags.multiline ?? false,
    dotAll: flags.dotAll ?? true,
    dollarEndOnly: flags.dollarEndOnly ?? true,
    extended: false,
    ungreedy: false,
    namedOnly: false,
  };
}
