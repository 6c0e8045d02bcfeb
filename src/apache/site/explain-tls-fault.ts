// What is wrong with the certificates of a host, in Apache's words, where serve() would not take them.
import type { OptionError } from '../../errors.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import { ssl } from '../modules/ssl.ts';
import { ConfigurationRefused } from '../syntax/configuration-error.ts';
import { idOf } from './plan-tls.ts';
import type { TlsPlan } from './plan-tls.ts';

/** The first line is Apache's, the second says why. */
export function explainTlsFault(
  error: OptionError,
  plan: TlsPlan,
  machineName: string | undefined,
): ConfigurationRefused {
  const [, context, kind = '', index = '0'] =
    /^tls(?:\.contexts\[(\d+)\])?(?:\.(\w+))?(?:\[(\d+)\])?/.exec(error.option) ?? [];
  const host = plan.hosts[context === undefined ? 0 : Number(context) + 1] ?? plan.hosts[0]!;
  const why = error.message.slice(error.option.length + 2);
  return new ConfigurationRefused(
    `${inApachesWords(host, kind, Number(index), why, machineName)} (${why})`,
    undefined,
    'structure',
  );
}

function inApachesWords(
  host: VirtualHost,
  kind: string,
  index: number,
  why: string,
  machineName: string | undefined,
): string {
  const { certificateFiles, keyFiles, tls13CipherSuite } = ssl.ofServer(host.server);
  const id = `${idOf(host, machineName)}:${index}`;
  const certificate = certificateFiles[index] ?? '';
  const key = keyFiles[index] ?? certificate;
  switch (kind) {
    case 'cert':
      return /does not belong|must come first/.test(why)
        ? `AH02565: Certificate and private key ${id} from ${certificate} and ${key} do not match`
        : `AH02562: Failed to configure certificate ${id} (with chain), check ${certificate}`;
    case 'key':
      return `AH02564: Failed to configure encrypted (?) private key ${id}, check ${key}`;
    case 'ciphers':
      return tls13CipherSuite === undefined
        ? 'AH01898: Unable to configure permitted SSL ciphers'
        : 'AH10127: Unable to configure permitted TLSv1.3 ciphers';
    default:
      return 'AH02312: Fatal error initialising mod_ssl, exiting.';
  }
}
