// The words of HttpProtocolOptions. Of each pair one may be said; a word of another pair leaves it alone.
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** Undefined: not set. */
export interface ProtocolOptions {
  /** Default `strict`. */
  conformance: 'strict' | 'unsafe' | undefined;
  /** Default `allow`. */
  http09: 'allow' | 'require1.0' | undefined;
  /** Default `lenient`. */
  methods: 'registered' | 'lenient' | undefined;
}

function exclude(first: string, second: string): never {
  throw new ConfigurationError(`HttpProtocolOptions '${first}' and '${second}' are mutually exclusive`);
}

/**
 * Adds what one word says.
 *
 * @throws ConfigurationError
 */
export function applyProtocolOption(word: string, options: ProtocolOptions): void {
  switch (word.toLowerCase()) {
    case 'strict': {
      if (options.conformance === 'unsafe') exclude('Strict', 'Unsafe');
      options.conformance = 'strict';
      return;
    }
    case 'unsafe': {
      if (options.conformance === 'strict') exclude('Strict', 'Unsafe');
      options.conformance = 'unsafe';
      return;
    }
    case 'allow0.9': {
      if (options.http09 === 'require1.0') exclude('Allow0.9', 'Require1.0');
      options.http09 = 'allow';
      return;
    }
    case 'require1.0': {
      if (options.http09 === 'allow') exclude('Allow0.9', 'Require1.0');
      options.http09 = 'require1.0';
      return;
    }
    case 'registeredmethods': {
      if (options.methods === 'lenient') exclude('RegisteredMethods', 'LenientMethods');
      options.methods = 'registered';
      return;
    }
    case 'lenientmethods': {
      if (options.methods === 'registered') exclude('RegisteredMethods', 'LenientMethods');
      options.methods = 'lenient';
      return;
    }
    default: {
      throw new ConfigurationError(
        "HttpProtocolOptions accepts 'Unsafe' or 'Strict' (default), 'RegisteredMethods' or 'LenientMethods' (default), and 'Require1.0' or 'Allow0.9' (default)",
      );
    }
  }
}
