// Why a regular expression is refused.

/**
 * The expression has an error, or uses what is not supported. The message is PCRE2's own where PCRE2 refuses the expression as well,
 * and says `not supported` where it does not.
 */
export class PatternError extends Error {
  /** How many bytes of the expression had been read. */
  readonly offset: number;
  /** PCRE2 would take it. */
  readonly isUnsupported: boolean;

  constructor(message: string, offset: number, isUnsupported = false) {
    super(message);
    this.name = 'PatternError';
    this.offset = offset;
    this.isUnsupported = isUnsupported;
  }
}
