// What SSLSessionCache and SSLStaplingCache name: a kind of storage of one of Apache's modules, and where it is.
import { readInteger } from '../config/leading-number.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

const KINDS: readonly string[] = ['dbm', 'dc', 'memcache', 'redis', 'shmcb'];

/** Of the storage in shared memory. */
const LEAST_BYTES = 8192;

/** `what` is in the message: `session`, `stapling`. @throws ConfigurationError in Apache's words */
export function checkSessionCache(directive: string, what: string, text: string, modules: ReadonlySet<string>): void {
  const colon = text.indexOf(':');
  const kind = colon === -1 ? text : text.slice(0, colon);
  const place = colon === -1 ? '' : text.slice(colon + 1);
  const known = KINDS.filter((name) => modules.has(`mod_socache_${name}.c`));
  if (!known.includes(kind)) {
    const names = (known.includes('shmcb') ? ['default', ...known] : known).join(',');
    const end = what === 'session' ? '.' : '';
    throw new ConfigurationError(
      `${directive}: '${kind}' ${what} cache not supported (known names: ${names})${end} Maybe you need to load the appropriate socache module (mod_socache_${kind}?)${end}`,
    );
  }
  if (kind !== 'shmcb') return;
  const fault = checkSharedMemory(place);
  if (fault !== undefined) throw new ConfigurationError(`${directive}: ${fault}`);
}

/** `/path/to/file(512000)` */
function checkSharedMemory(place: string): string | undefined {
  const open = place.indexOf('(');
  if (open === -1) return undefined;
  if (!place.endsWith(')') || place.length < open + 3) {
    return 'Invalid argument: no closing parenthesis or cache size missing after pathname with parenthesis';
  }
  const size = place.slice(open + 1, -1);
  if (!/^\s*[+-]?\d+$/.test(size)) return 'Invalid argument: cache size not numerical';
  return readInteger(size) < LEAST_BYTES ? `Invalid argument: size has to be >= ${LEAST_BYTES} bytes` : undefined;
}
