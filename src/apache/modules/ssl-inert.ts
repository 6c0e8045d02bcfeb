// Directives of mod_ssl that are checked and without effect: what Apache needs for its processes, and what perdura does in any case.
// What would change who may come in, or what clients are told, is refused where it is switched on.
import { belowServerRoot } from '../config/server-root-path.ts';
import { readInteger } from '../config/leading-number.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { defineDirective } from '../module/directive.ts';
import type { ArgumentKind, DirectiveContext } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { OverrideClass } from '../module/override-grant.ts';
import { checkFile, checkFolder } from '../ssl/check-file.ts';
import { checkSessionCache } from '../ssl/check-session-cache.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

type Check = (words: readonly string[], scope: ConfigurationScope, on: boolean) => void;

/** One row. */
interface InertDirective {
  readonly name: string;
  readonly usage: string;
  readonly reason: string;
  /** Default `one`. */
  readonly arguments?: ArgumentKind;
  /** In sections and .htaccess too, under this class. */
  readonly override?: OverrideClass;
  readonly contexts?: readonly DirectiveContext[];
  readonly virtualHost?: false;
  /** @throws ConfigurationError */
  readonly check?: Check;
}

const NO_CLIENT_CERTIFICATES = 'perdura asks clients for no certificates';
const NO_STAPLING = 'perdura staples no OCSP answers';

function checkNotNegative(name: string): Check {
  return ([text = '']) => {
    if (readInteger(text) < 0) throw new ConfigurationError(`${name}: Invalid argument '${text}'`);
  };
}

/** A flag that is refused where it is on. */
function refuseOn(text: string): Check {
  return (_, __, on) => {
    if (on) throw new ConfigurationError(text);
  };
}

const KINDS_OF_CHECK: readonly string[] = ['none', 'off', 'optional', 'require', 'on', 'optional_no_ca'];

const ROWS: readonly InertDirective[] = [
  {
    name: 'SSLSessionCache',
    usage: "SSL Session Cache storage ('none', 'nonenotnull', 'dbm:/path/to/file')",
    reason: 'clients keep their sessions in tickets, which need no store',
    virtualHost: false,
    check: ([text = ''], scope) => {
      if (/^none(?:notnull)?$/i.test(text)) return;
      checkSessionCache('SSLSessionCache', 'session', text, scope.process.modules);
    },
  },
  {
    name: 'SSLSessionTickets',
    usage: "Enable or disable TLS session tickets(`on', `off')",
    reason: 'sessions are always resumed by tickets, whose keys are random and change every day',
    arguments: 'flag',
  },
  {
    name: 'SSLRandomSeed',
    usage:
      "SSL Pseudo Random Number Generator (PRNG) seeding source ('startup|connect builtin|file:/path|exec:/path [bytes]')",
    reason: 'the system seeds what is random',
    arguments: 'twoOrThree',
    virtualHost: false,
    check: checkRandomSeed,
  },
  {
    name: 'SSLPassPhraseDialog',
    usage:
      "SSL dialog mechanism for the pass phrase query ('builtin', '|/path/to/pipe_program', or 'exec:/path/to/cgi_program')",
    reason: 'nobody is asked for passphrases: keys that are encrypted are refused at the start',
    virtualHost: false,
    check: ([text = ''], scope) => {
      if (text === 'builtin' || (text.startsWith('|') && text.length > 1)) return;
      if (!text.startsWith('exec:')) throw new ConfigurationError('SSLPassPhraseDialog: Invalid argument');
      const file = belowServerRoot(text.slice(5), scope.process.serverRoot);
      if (scope.files.stat(file) === undefined) {
        throw new ConfigurationError(`SSLPassPhraseDialog: file '${file}' does not exist`);
      }
    },
  },
  {
    name: 'SSLCryptoDevice',
    usage: "SSL external Crypto Device usage ('builtin', '...')",
    reason: 'OpenSSL uses what the processor has',
    virtualHost: false,
    check: ([text = '']) => {
      if (text === 'builtin') return;
      throw new ConfigurationError(
        "SSLCryptoDevice: Invalid argument; must be one of: 'builtin' (none), 'dynamic' (Dynamic engine loading support)",
      );
    },
  },
  {
    name: 'SSLFIPS',
    usage: "Enable FIPS-140 mode (`on', `off')",
    reason: 'perdura does not switch FIPS-140 mode',
    arguments: 'flag',
    virtualHost: false,
    check: refuseOn('SSLFIPS On is not supported by perdura: start node with --enable-fips, and take this line out'),
  },
  {
    name: 'SSLHonorCipherOrder',
    usage: "Use the server's cipher ordering preference",
    reason: "the server's order always counts",
    arguments: 'flag',
  },
  {
    name: 'SSLCompression',
    usage: "Enable SSL level compression (`on', `off')",
    reason: 'TLS is never compressed',
    arguments: 'flag',
    check: refuseOn(
      'This version of OpenSSL does not have any compression methods available, cannot enable SSLCompression.',
    ),
  },
  {
    name: 'SSLInsecureRenegotiation',
    usage: 'Enable support for insecure renegotiation',
    reason: 'nothing is renegotiated',
    arguments: 'flag',
  },
  {
    name: 'SSLUseStapling',
    usage: "SSL switch for the OCSP Stapling protocol (`on', `off')",
    reason: NO_STAPLING,
    arguments: 'flag',
    check: refuseOn('SSLUseStapling On is not supported by perdura, which staples no OCSP answers: switch it off'),
  },
  {
    name: 'SSLStaplingCache',
    usage: "SSL Stapling Response Cache storage (`dbm:/path/to/file')",
    reason: NO_STAPLING,
    virtualHost: false,
    check: ([text = ''], scope) => {
      checkSessionCache('SSLStaplingCache', 'stapling', text, scope.process.modules);
    },
  },
  {
    name: 'SSLStaplingReturnResponderErrors',
    usage: "SSL stapling switch to return Status Errors Back to Client(`on', `off')",
    reason: NO_STAPLING,
    arguments: 'flag',
  },
  {
    name: 'SSLStaplingFakeTryLater',
    usage: "SSL stapling switch to send tryLater response to client on error (`on', `off')",
    reason: NO_STAPLING,
    arguments: 'flag',
  },
  {
    name: 'SSLStaplingResponderTimeout',
    usage: 'SSL stapling option for OCSP responder timeout',
    reason: NO_STAPLING,
  },
  {
    name: 'SSLVerifyClient',
    usage: "SSL Client verify type ('none', 'optional', 'require', 'optional_no_ca')",
    reason: NO_CLIENT_CERTIFICATES,
    override: 'AuthConfig',
    check: ([text = '']) => {
      const word = text.toLowerCase();
      if (!KINDS_OF_CHECK.includes(word)) throw new ConfigurationError(`SSLVerifyClient: Invalid argument '${text}'`);
      if (word === 'none' || word === 'off') return;
      throw new ConfigurationError(
        `SSLVerifyClient ${text} is not supported by perdura, which asks clients for no certificates: leave it to a proxy in front, or write none`,
      );
    },
  },
  {
    name: 'SSLVerifyDepth',
    usage: "SSL Client verify depth ('N' - number of intermediate certificates)",
    reason: NO_CLIENT_CERTIFICATES,
    override: 'AuthConfig',
    check: checkNotNegative('SSLVerifyDepth'),
  },
  {
    name: 'SSLCACertificateFile',
    usage: "SSL CA Certificate file ('/path/to/file' - PEM encoded)",
    reason: NO_CLIENT_CERTIFICATES,
    override: 'AuthConfig',
    check: ([text = ''], scope) => void checkFile('SSLCACertificateFile', text, scope),
  },
  {
    name: 'SSLCACertificatePath',
    usage: "SSL CA Certificate path ('/path/to/dir' - contains PEM encoded files)",
    reason: NO_CLIENT_CERTIFICATES,
    override: 'AuthConfig',
    check: ([text = ''], scope) => void checkFolder('SSLCACertificatePath', text, scope),
  },
  {
    name: 'SSLRenegBufferSize',
    usage:
      'Configure the amount of memory that will be used for buffering the request body if a per-location SSL renegotiation is required due to changed access control requirements',
    reason: 'nothing is renegotiated',
    override: 'AuthConfig',
    contexts: ['directory', 'htaccess'],
    check: ([text = '']) => {
      if (readInteger(text) < 0) throw new ConfigurationError(`Invalid size for SSLRenegBufferSize: ${text}`);
    },
  },
  gone('SSLLog', 'ErrorLog'),
  gone('SSLLogLevel', 'LogLevel'),
];

function gone(name: string, successor: string): InertDirective {
  const text = `${name} directive is no longer supported - use ${successor}.`;
  return {
    name,
    usage: text,
    reason: `is gone: ${successor} says it`,
    arguments: 'any',
    override: 'any',
    check: () => {
      throw new ConfigurationError(text);
    },
  };
}

function checkRandomSeed([moment = '', source = '', bytes]: readonly string[], scope: ConfigurationScope): void {
  if (!/^(?:startup|connect)$/i.test(moment)) {
    throw new ConfigurationError(`SSLRandomSeed: invalid context: \`${moment}'`);
  }
  if (source.startsWith('egd:')) {
    throw new ConfigurationError(
      `Invalid SSLRandomSeed entropy source \`${source}': This version of OpenSSL does not support the Entropy Gathering Daemon (EGD).`,
    );
  }
  if (/^builtin$/i.test(source)) {
    if (bytes === undefined) return;
    throw new ConfigurationError('SSLRandomSeed: byte specification not allowed for builtin seed source');
  }
  const file = belowServerRoot(source.replace(/^(?:file|exec):/, ''), scope.process.serverRoot);
  if (scope.files.stat(file) === undefined) {
    throw new ConfigurationError(`SSLRandomSeed: source path '${file}' does not exist`);
  }
}

export const sslInert: ApacheModule<null, null> = defineModule<null, null>({
  name: 'mod_ssl.c',
  identifier: 'ssl_module',
  directives: ROWS.map(({ name, usage, reason, override, virtualHost, check, ...row }) =>
    defineDirective<null, null>({
      name,
      contexts: row.contexts ?? (override === undefined ? ['server'] : ['server', 'directory', 'htaccess']),
      ...(override === undefined ? {} : { override: [override] }),
      ...(virtualHost === undefined ? {} : { virtualHost }),
      tier: 2,
      effect: 'inert',
      arguments: row.arguments ?? 'one',
      usage,
      summary: reason,
      apply: ({ words, scope, on }) => check?.(words, scope, on),
    }),
  ),
});
