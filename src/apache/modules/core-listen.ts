// Listen: where the process takes connections.
import { readAddress } from '../config/host-address.ts';
import { defineDirective, type DirectiveCall } from '../module/directive.ts';
import { defineModule, type ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

function addListen({ words, scope }: DirectiveCall<null, null>): void {
  const [text = '', protocol] = words;
  if (words.length < 1 || words.length > 2) throw new ConfigurationError('Listen requires 1 or 2 arguments.');
  const written = readAddress(text);
  if (written === undefined) throw new ConfigurationError('Invalid address or port');
  if (written.port === undefined) throw new ConfigurationError('Port must be specified');
  if (written.hasScope) {
    throw new ConfigurationError(
      `Listen ${text}: perdura knows no scopes of addresses (%): write the address without it`,
    );
  }
  const { listen } = scope.process;
  const { host = '*', port } = written;
  // As texts: what a name resolves to is not asked. Other spellings of an IPv6 address Apache refuses a little later, at the socket.
  if (listen.some((other) => other.host === host && other.port === port)) {
    throw new ConfigurationError('Cannot define multiple Listeners on the same IP:port');
  }
  listen.push({ host, port, protocol: protocol?.toLowerCase() });
}

export const coreListen: ApacheModule<null, null> = defineModule<null, null>({
  name: 'event.c',
  identifier: 'mpm_event_module',
  directives: [
    defineDirective({
      name: 'Listen',
      contexts: ['server'],
      virtualHost: false,
      tier: 1,
      arguments: 'any',
      usage: 'A port number or a numeric IP address and a port number, and an optional protocol',
      summary: 'An address and port to take connections on, `https` behind it for TLS.',
      apply: addListen,
    }),
  ],
});
