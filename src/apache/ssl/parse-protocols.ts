// The words of SSLProtocol: which versions of TLS are spoken.
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { ALL_PROTOCOLS } from './ssl-configuration.ts';
import type { Protocol } from './ssl-configuration.ts';

const BY_NAME: ReadonlyMap<string, readonly Protocol[]> = new Map<string, readonly Protocol[]>([
  // OpenSSL is built without it.
  ['sslv3', []],
  ['all', [...ALL_PROTOCOLS]],
  ...[...ALL_PROTOCOLS].map((protocol) => [protocol.toLowerCase(), [protocol]] as const),
]);

/** A word without a sign replaces what came before it; `warn` is told where that was something. @throws ConfigurationError in Apache's words */
export function parseProtocols(words: readonly string[], warn: (message: string) => void): ReadonlySet<Protocol> {
  let protocols = new Set<Protocol>();
  for (const word of words) {
    const sign = /^[+-]/.exec(word)?.[0];
    const name = sign === undefined ? word : word.slice(1);
    const key = name.toLowerCase();
    if (key === 'sslv2') {
      if (sign === '-') continue;
      throw new ConfigurationError('SSLProtocol: SSLv2 is no longer supported');
    }
    const named = BY_NAME.get(key);
    if (named === undefined) throw new ConfigurationError(`SSLProtocol: Illegal protocol '${name}'`);
    if (key === 'sslv3' && sign !== '-') {
      throw new ConfigurationError('SSLv3 not supported by this version of OpenSSL');
    }
    if (sign === '-') {
      for (const protocol of named) protocols.delete(protocol);
    } else if (sign === '+') {
      for (const protocol of named) protocols.add(protocol);
    } else {
      if (protocols.size > 0) {
        warn(
          `AH02532: SSLProtocol: Protocol '${name}' overrides already set parameter(s). Check if a +/- prefix is missing.`,
        );
      }
      protocols = new Set(named);
    }
  }
  return protocols;
}
