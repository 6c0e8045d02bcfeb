// <VirtualHost>: a server of its own for some addresses. It inherits from the main server when the whole configuration is read.
import { comparableAddress } from '../config/comparable-address.ts';
import { isIpAddress, readAddress } from '../config/host-address.ts';
import { createVirtualHost } from '../config/virtual-host.ts';
import type { HostAddress } from '../config/virtual-host.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { defineSection } from '../module/directive.ts';
import { defineModule, type ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { splitWords } from '../syntax/words.ts';

const HOSTS_FILE = '/etc/hosts';

/** Hundreds of thousands of blocked names are not unheard of. */
const MAX_HOSTS_FILE_BYTES = 64 * 1024 * 1024;

/** What the machine's own table of names has: asking others would take its time, and may change under a server that runs. */
function lookUpName(name: string, { files }: ConfigurationScope): string[] {
  const text = files.readSmall(HOSTS_FILE, MAX_HOSTS_FILE_BYTES) ?? '';
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = splitWords(line.replace(/#.*/, ''));
    const isNamed = names.some((one) => one.toLowerCase() === name.toLowerCase());
    return isNamed && isIpAddress(address) ? [readAddress(`[${address}]`)?.host ?? address] : [];
  });
}

/** The first name that the same table has for an address. */
function nameOfAddress(address: string, { files }: ConfigurationScope): string | undefined {
  const text = files.readSmall(HOSTS_FILE, MAX_HOSTS_FILE_BYTES) ?? '';
  for (const line of text.split('\n')) {
    const [written = '', name] = splitWords(line.replace(/#.*/, ''));
    if (isIpAddress(written) && comparableAddress(written) === comparableAddress(address)) return name;
  }
  return undefined;
}

function addressesOf(word: string, mainPort: number, scope: ConfigurationScope): HostAddress[] {
  const anyPort = word === '*' || (word.length > 2 && word.endsWith(':*'));
  const written = readAddress(anyPort ? word.replace(/:\*$/, '') : word);
  if (written === undefined) throw new ConfigurationError('The address or port is invalid');
  if (written.host === undefined) throw new ConfigurationError('Missing address for VirtualHost');
  const { host } = written;
  const port = anyPort ? 0 : (written.port ?? mainPort);
  if (host === '*' || host.toLowerCase() === '_default_') return [{ host: '*', port }];
  if (isIpAddress(host)) return [{ host, port }];
  const found = lookUpName(host, scope);
  if (found.length > 0) return found.map((address) => ({ host: address, port }));
  throw new ConfigurationError(
    `<VirtualHost ${word}>: perdura looks up no names but those of ${HOSTS_FILE}: write an address, or * and ServerName ${host}`,
  );
}

export const coreVirtualHost: ApacheModule<null, null> = defineModule<null, null>({
  name: 'core.c',
  identifier: 'core_module',
  directives: [
    defineSection({
      name: '<VirtualHost',
      contexts: ['server'],
      virtualHost: false,
      tier: 1,
      usage: 'Container to map directives to a particular virtual host, takes one or more host addresses',
      summary: 'A server for some addresses and names.',
      apply: ({ words: [text = ''], children, scope }) => {
        const end = text.lastIndexOf('>');
        if (end === -1) throw new ConfigurationError("<VirtualHost> directive missing closing '>'");
        if (end === 0) throw new ConfigurationError('<VirtualHost> directive requires additional arguments');
        const words = splitWords(text.slice(0, end));
        const addresses = words.flatMap((word) => addressesOf(word, scope.host.namePort, scope));
        const host = createVirtualHost(scope.place, addresses);
        scope.process.hosts.push(host);
        scope.applyChildren(children, { host, directory: host.directory, section: '<VirtualHost' });
        const first = addresses[0]?.host ?? '*';
        if (host.name === undefined && first !== '*') host.addressName = nameOfAddress(first, scope);
      },
    }),
  ],
});
