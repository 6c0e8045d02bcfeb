// mod_ssl: certificates, versions and ciphers of hosts, and what of a request depends on TLS. What is without effect is in ssl-inert.ts.
import { readInteger } from '../config/leading-number.ts';
import { defineDirective } from '../module/directive.ts';
import type { DirectiveDefinition } from '../module/directive.ts';
import type { HookResult } from '../module/hooks.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { checkFile } from '../ssl/check-file.ts';
import { checkServerName } from '../ssl/check-server-name.ts';
import { parseProtocols } from '../ssl/parse-protocols.ts';
import { certificateOf } from '../ssl/server-certificate.ts';
import { createSslServer, mergeSslServer } from '../ssl/ssl-configuration.ts';
import type { SniPolicy, SslServer } from '../ssl/ssl-configuration.ts';
import { exportVariables } from '../ssl/tls-variables.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { splitWords } from '../syntax/words.ts';

/** Of a folder. */
export interface SslDirectory {
  requiresTls: boolean;
  exportsVariables: boolean | undefined;
}

const SERVER = ['server'] as const;
const EVERYWHERE = ['server', 'directory', 'htaccess'] as const;

/** What SSLOptions knows. All but StdEnvVars are about certificates of clients, and renegotiation for them. */
const OPTIONS: ReadonlySet<string> = new Set([
  'stdenvvars',
  'exportcertdata',
  'fakebasicauth',
  'strictrequire',
  'optrenegotiate',
  'legacydnstringformat',
]);

const POLICIES: readonly SniPolicy[] = ['strict', 'secure', 'authonly', 'insecure'];

export const ssl: ApacheModule<SslServer, SslDirectory> = defineModule<SslServer, SslDirectory>({
  name: 'mod_ssl.c',
  identifier: 'ssl_module',
  createServer: createSslServer,
  mergeServer: mergeSslServer,
  createDirectory: () => ({ requiresTls: false, exportsVariables: undefined }),
  mergeDirectory: (base, over) => ({
    requiresTls: base.requiresTls || over.requiresTls,
    exportsVariables: over.exportsVariables ?? base.exportsVariables,
  }),
  directives: [
    defineDirective({
      name: 'SSLEngine',
      contexts: SERVER,
      tier: 2,
      arguments: 'one',
      usage: "SSL switch for the protocol engine ('on', 'off')",
      summary: 'whether the addresses of the host speak TLS',
      apply: ({ words: [word = ''], server, scope }) => {
        const text = word.toLowerCase();
        if (text === 'optional') scope.warn("AH10510: 'SSLEngine optional' is no longer supported", 'ssl');
        else if (text !== 'on' && text !== 'off') throw new ConfigurationError('Argument must be On or Off');
        server.engine = text === 'on';
      },
    }),
    fileDirective(
      'SSLCertificateFile',
      "SSL Server Certificate file ('/path/to/file' - PEM or DER encoded)",
      'a certificate in PEM form, with those of its authorities behind it; one for each kind of key',
      (server, file) => {
        server.certificateFiles = [...server.certificateFiles, file];
      },
    ),
    fileDirective(
      'SSLCertificateKeyFile',
      "SSL Server Private Key file ('/path/to/file' - PEM or DER encoded)",
      'the key of the certificate, in PEM form and without a passphrase',
      (server, file) => {
        server.keyFiles = [...server.keyFiles, file];
      },
    ),
    fileDirective(
      'SSLCertificateChainFile',
      "SSL Server CA Certificate Chain file ('/path/to/file' - PEM encoded)",
      'certificates of the authorities, where they are not behind the certificate',
      (server, file) => {
        server.chainFile = file;
      },
    ),
    fileDirective(
      'SSLSessionTicketKeyFile',
      "TLS session ticket encryption/decryption key file (RFC 5077) ('/path/to/file' - file with 48 bytes of random data)",
      'the key of session tickets, for several servers that share them; those of the first host of an address hold',
      (server, file) => {
        server.ticketKeyFile = file;
      },
    ),
    defineDirective({
      name: 'SSLProtocol',
      contexts: SERVER,
      tier: 2,
      arguments: 'raw',
      usage: "Enable or disable various SSL protocols ('[+-][TLSv1|TLSv1.1|TLSv1.2] ...' - see manual)",
      summary: 'versions of TLS: 1.2 and 1.3, the same for all hosts of an address',
      apply: ({ words: [text = ''], server, scope }) => {
        server.protocols = parseProtocols(splitWords(text), (message) => scope.warn(message, 'ssl'));
      },
    }),
    defineDirective({
      name: 'SSLCipherSuite',
      contexts: EVERYWHERE,
      override: ['AuthConfig'],
      tier: 2,
      arguments: 'oneOrTwo',
      usage:
        "Colon-delimited list of permitted SSL Ciphers, optional preceded by protocol identifier ('XXX:...:XXX' - see manual)",
      summary:
        'ciphers as OpenSSL writes them, with TLSv1.3 in front those of TLS 1.3; the same for all hosts of an address',
      apply: ({ words, server, scope }) => {
        const [protocol, ciphers] = words.length === 2 ? words : ['SSL', words[0]];
        if (protocol !== 'SSL' && protocol !== 'TLSv1.3') {
          throw new ConfigurationError(`protocol '${protocol}' not supported`);
        }
        if (scope.path !== undefined || scope.htaccess !== undefined) {
          throw new ConfigurationError(
            'SSLCipherSuite for a part of a site is not supported by perdura: a connection keeps the cipher that it began with',
          );
        }
        if (protocol === 'TLSv1.3') server.tls13CipherSuite = ciphers;
        else server.cipherSuite = ciphers;
      },
    }),
    defineDirective({
      name: 'SSLOpenSSLConfCmd',
      contexts: SERVER,
      tier: 3,
      arguments: 'two',
      usage: 'OpenSSL configuration command',
      summary: 'Curves and Groups: those of the first host of an address hold; no other command',
      apply: ({ words: [command = '', value = ''], server }) => {
        if (!/^(?:curves|groups)$/i.test(command)) {
          throw new ConfigurationError(
            `SSLOpenSSLConfCmd ${command} is not supported by perdura: it knows Curves alone`,
          );
        }
        server.curves = value;
      },
    }),
    defineDirective({
      name: 'SSLSessionCacheTimeout',
      contexts: SERVER,
      tier: 2,
      arguments: 'one',
      usage: "SSL Session Cache object lifetime ('N' - number of seconds)",
      summary: 'how long sessions can be resumed. Default 300; those of the first host of an address hold',
      apply: ({ words: [text = ''], server }) => {
        const seconds = readInteger(text);
        if (seconds < 0) throw new ConfigurationError('SSLSessionCacheTimeout: Invalid argument');
        server.sessionTimeoutSeconds = seconds;
      },
    }),
    defineDirective({
      name: 'SSLStrictSNIVHostCheck',
      contexts: SERVER,
      tier: 2,
      arguments: 'flag',
      usage: 'Strict SNI virtual host checking',
      summary: 'whether clients have to name the host in their handshake',
      apply: ({ on, server }) => {
        server.requiresServerName = on;
      },
    }),
    defineDirective({
      name: 'SSLVHostSNIPolicy',
      contexts: SERVER,
      virtualHost: false,
      tier: 2,
      arguments: 'one',
      usage: 'SSL VirtualHost SNI compatibility policy setting',
      summary: 'which hosts a connection may ask for: strict, secure (default), authonly, insecure',
      apply: ({ words: [text = ''], server }) => {
        const policy = POLICIES.find((name) => name === text.toLowerCase());
        if (policy === undefined) throw new ConfigurationError(`Invalid SSLVhostSNIPolicy argument '${text}'`);
        server.sniPolicy = policy;
      },
    }),
    defineDirective({
      name: 'SSLRequireSSL',
      contexts: ['directory', 'htaccess'],
      override: ['AuthConfig'],
      tier: 2,
      arguments: 'any',
      usage: 'Require the SSL protocol for the per-directory context (no arguments)',
      summary: 'answers 403 where the connection is not TLS',
      apply: ({ directory }) => {
        directory.requiresTls = true;
      },
    }),
    defineDirective({
      name: 'SSLOptions',
      contexts: EVERYWHERE,
      override: ['Options'],
      tier: 2,
      arguments: 'raw',
      usage: "Set one or more options to configure the SSL engine('[+-]option[=value] ...' - see manual)",
      summary:
        'StdEnvVars sets variables of the connection and the certificate; the others are about certificates of clients, without effect',
      apply: ({ words: [text = ''], directory }) => {
        for (const word of splitWords(text)) {
          const name = word.replace(/^[+-]/, '');
          const key = name.toLowerCase();
          if (!OPTIONS.has(key)) throw new ConfigurationError(`SSLOptions: Illegal option '${name}'`);
          if (key === 'stdenvvars') directory.exportsVariables = !word.startsWith('-');
          // Without a sign the words replace what was there.
          else if (!/^[+-]/.test(word)) directory.exportsVariables ??= false;
        }
      },
    }),
  ],
  hooks: { postReadRequest: checkRequestedHost, accessChecker: checkSecurity, fixups: setVariables },
});

function fileDirective(
  name: string,
  usage: string,
  summary: string,
  add: (server: SslServer, file: string) => void,
): DirectiveDefinition<SslServer, SslDirectory> {
  return defineDirective<SslServer, SslDirectory>({
    name,
    contexts: SERVER,
    tier: 2,
    arguments: 'one',
    usage,
    summary,
    apply: ({ words: [text = ''], server, scope }) => {
      if (text.startsWith('pkcs11:')) {
        throw new ConfigurationError(`${name} ${text}: perdura takes certificates and keys from files alone`);
      }
      add(server, checkFile(name, text, scope));
    },
  });
}

/** What the certificate of a request's connection says. */
export function serverCertificateOf({ connection, host }: ApacheRequest): ReadonlyMap<string, string> | undefined {
  return connection.handshake && certificateOf(ssl.ofServer(host.server), connection.handshake.cipher);
}

function checkRequestedHost(request: ApacheRequest): HookResult {
  if (request.connection.handshake === undefined || request.previous !== undefined) return undefined;
  const fault = checkServerName(request, (host) => ssl.ofServer(host.server));
  if (fault === undefined) return undefined;
  request.services.log(request, 'error', 'ssl', fault.message);
  // Apache forgets to say so.
  if (fault.status !== 400) request.endsUnannounced = true;
  if (fault.notes !== undefined) request.notes.set('error-notes', fault.notes);
  return fault.status;
}

function checkSecurity(request: ApacheRequest): HookResult {
  const { requiresTls } = ssl.ofDirectory(request.directoryConfig);
  if (!requiresTls || request.connection.tls) return undefined;
  const place = request.filename ?? request.path;
  request.services.log(request, 'error', 'ssl', `AH02219: access to ${place} failed, reason: SSL connection required`);
  return 403;
}

function setVariables(request: ApacheRequest): HookResult {
  const { connection, env, host, directoryConfig } = request;
  if (connection.handshake === undefined || ssl.ofServer(host.server).engine !== true) return undefined;
  env.set('HTTPS', 'on');
  const { servername } = connection.handshake;
  if (servername !== undefined) env.set('SSL_TLS_SNI', servername);
  if (ssl.ofDirectory(directoryConfig).exportsVariables === true)
    exportVariables(request, serverCertificateOf(request));
  return undefined;
}
