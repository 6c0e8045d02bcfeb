// `require_auth` of libpq: by which methods a server may have the client prove itself, and whether it may do without. Pure.
import { OptionError } from '../../../errors.ts';
import { describe } from '../../../option-checks.ts';

/** The names that libpq has. 'none': the server asks for no proof. */
const METHODS = ['password', 'md5', 'gss', 'sspi', 'scram-sha-256', 'oauth', 'none'] as const;

export type AuthMethod = (typeof METHODS)[number];

/** Which methods a server may ask for. */
export interface RequiredAuth {
  /** As it was given; undefined where it was not. */
  readonly text: string | undefined;
  /** Whether the password in the clear was asked for by its name, wherever it may then be read. */
  readonly namesPassword: boolean;
  allows(method: AuthMethod): boolean;
}

/** A list of names, or of names that are each denied by `!`; empty, or null, as libpq has it, where anything may be asked for. @throws OptionError */
export function parseRequiredAuth(text: string | null): RequiredAuth {
  if (text === null || text === '') return { text: undefined, namesPassword: false, allows: () => true };
  const entries = text.split(',').map((entry) => entry.trim());
  const isDenied = entries[0]!.startsWith('!');
  const named = new Set<string>();
  for (const entry of entries) {
    const name = entry.replace(/^!/, '');
    if (!METHODS.some((method) => method === name)) {
      throw refuse(`has require_auth with ${describe(name)} in it, there are ${METHODS.join(', ')}`);
    }
    if (entry.startsWith('!') !== isDenied) {
      throw refuse(`has require_auth=${text}: either all methods have a ! before them or none has`);
    }
    if (named.has(name)) throw refuse(`has require_auth with ${name} in it twice`);
    named.add(name);
  }
  return {
    text,
    namesPassword: !isDenied && named.has('password'),
    allows: (method) => named.has(method) !== isDenied,
  };
}

function refuse(message: string): OptionError {
  return new OptionError('url', message);
}
