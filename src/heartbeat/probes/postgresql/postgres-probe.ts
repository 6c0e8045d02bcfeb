// PostgreSQL: one session with an empty query as the signal; without a user, the question whether TLS may begin.
import { checkNames, checkObject, checkWholeNumber } from '../../../option-checks.ts';
import type { Probe } from '../../engine/probe.ts';
import { ConversationProbe } from '../connection/conversation-probe.ts';
import { CONNECTION_OPTION_NAMES, makeProbeTools } from '../connection/probe-connection.ts';
import type { ProbeConnectionOptions, ProbePeer } from '../connection/probe-connection.ts';
import { makeNonce, SaltedPasswords } from './derive-password.ts';
import { DEFAULT_MAX_MESSAGE_BYTES } from './message-reader.ts';
import { PostgresConversation } from './postgres-conversation.ts';
import { parsePostgresUrl } from './target.ts';
import { TlsQuestion } from './tls-question.ts';

/** Options of {@link postgresProbe}. */
export interface PostgresProbeOptions extends ProbeConnectionOptions {
  /** Longest message of the server, which is kept until it is complete. Default 30,000, as libpq has it for messages like these. */
  readonly maxMessageBytes?: number;
  /**
   * Most rounds of hashing that a server may ask for (SCRAM, RFC 5802 §9): they cost time of a thread. Default 1,000,000, about half a
   * second: PostgreSQL has 4,096 by default, and OWASP advises 600,000.
   */
  readonly maxScramIterations?: number;
}

const MAX_SCRAM_ITERATIONS = 1_000_000;

/**
 * PostgreSQL: `postgres://user[:password]@host[:5432][/database][?sslmode=…]`. Logs in once, and then sends empty queries: they prove that
 * this session is served. It takes one of the server's connections. `sslmode`: `prefer` (default; TLS where the server has it, whatever its
 * certificate), `require` or `verify-full` (TLS with a certificate that is checked, as everywhere here: what node:tls takes, or `tls`),
 * `disable`. `?host=/folder` is a unix socket.
 *
 * Passwords: SCRAM-SHA-256, which has the server prove itself, MD5, and in the clear: this only over TLS with a certificate that was
 * checked, over a unix socket, with `sslmode=disable`, or where `require_auth` names `password`. `require_auth` is libpq's: the methods that
 * the server may ask for, such as `scram-sha-256`, or `!password` for all others. A parameter that is not understood is refused.
 *
 * Without a user it asks on a new connection each time whether TLS may begin, and any answer acknowledges: this proves that the server
 * accepts connections and starts processes for them, not that it takes queries, and needs no log-in.
 *
 * @throws OptionError
 */
export function postgresProbe(url: string, options: PostgresProbeOptions = {}): Probe {
  checkObject('options', options);
  checkNames('', options, [...CONNECTION_OPTION_NAMES, 'maxMessageBytes', 'maxScramIterations']);
  const { maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES, maxScramIterations = MAX_SCRAM_ITERATIONS, tls } = options;
  checkWholeNumber('maxMessageBytes', maxMessageBytes, 1);
  checkWholeNumber('maxScramIterations', maxScramIterations, 1);
  const { target, host, port, socketPath, user, password, database, tlsMode, checksCertificate, requiredAuth } =
    parsePostgresUrl(url);
  const peer: ProbePeer = { target, host, port, socketPath, isTls: false };
  if (tls !== undefined) checkObject('tls', tls);
  const tlsOptions: Readonly<Record<string, unknown>> = {
    ...(checksCertificate ? {} : { rejectUnauthorized: false }),
    ...tls,
  };
  const tools = makeProbeTools({ ...options, tls: tlsOptions });
  if (user === undefined)
    return new ConversationProbe(tools, peer, () => new TlsQuestion(), { keepsConnection: false });
  const isChecked = tlsOptions['rejectUnauthorized'] !== false;
  const passwords = new SaltedPasswords(password ?? '');
  const login = {
    user,
    database,
    password,
    requiredAuth,
    tellsAnybody: tlsMode === 'disable' || requiredAuth.namesPassword,
    maxMessageBytes,
    maxScramIterations,
  };
  const converse = (): PostgresConversation =>
    new PostgresConversation({ ...login, nonce: makeNonce() }, tlsMode, isChecked, passwords);
  return new ConversationProbe(tools, peer, converse, { password });
}
