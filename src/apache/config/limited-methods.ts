// Which methods <Limit> and <LimitExcept> are about, one within the other.
import { isKnownMethod } from '../request/methods.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** See the head of the file. `except`: all methods but these. HEAD stands as GET: Apache knows no difference. */
export interface LimitedMethods {
  readonly methods: readonly string[];
  readonly except: boolean;
}

/**
 * The methods that a section names.
 * @param section `<Limit` or `<LimitExcept`
 * @throws ConfigurationError in Apache's words.
 */
export function parseLimitedMethods(
  section: '<Limit' | '<LimitExcept',
  words: readonly string[],
  inHtaccess: boolean,
): LimitedMethods {
  const methods = new Set<string>();
  for (const word of words) {
    const method = word === 'HEAD' ? 'GET' : word;
    if (method === 'TRACE' && section === '<Limit') {
      throw new ConfigurationError('TRACE cannot be controlled by <Limit>, see TraceEnable');
    }
    if (inHtaccess && !isKnownMethod(method)) {
      throw new ConfigurationError(`Could not register method '${method}' for ${section} from .htaccess configuration`);
    }
    methods.add(method);
  }
  return { methods: [...methods], except: section === '<LimitExcept' };
}

function intersect(outer: LimitedMethods, inner: LimitedMethods): LimitedMethods {
  if (outer.except && inner.except) {
    return { methods: [...new Set([...outer.methods, ...inner.methods])], except: true };
  }
  const [named, other] = inner.except ? [outer, inner] : [inner, outer];
  return { methods: named.methods.filter((method) => includesMethod(other, method)), except: false };
}

/** Whether a section that names these is about a method; undefined: there is no section, and it is about all. */
export function includesMethod(limited: LimitedMethods | undefined, method: string): boolean {
  if (limited === undefined) return true;
  const asked = method === 'HEAD' ? 'GET' : method;
  return limited.methods.includes(asked) !== limited.except;
}

/**
 * What a section within another is about; `outer` undefined: all methods.
 * @throws ConfigurationError in Apache's words: no method is left, or none was left out.
 */
export function limitMethods(
  section: '<Limit' | '<LimitExcept',
  outer: LimitedMethods | undefined,
  inner: LimitedMethods,
): LimitedMethods {
  if (outer === undefined) return inner;
  const both = intersect(outer, inner);
  if (!both.except && both.methods.length === 0) {
    throw new ConfigurationError(`${section}> directive excludes all methods`);
  }
  if (both.except === outer.except && both.methods.length === outer.methods.length) {
    throw new ConfigurationError(`${section}> directive specifies methods already excluded`);
  }
  return both;
}
