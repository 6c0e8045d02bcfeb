// One connection's conversation with PostgreSQL, without I/O: start-up, authentication, then empty queries as signals
// ("Message Flow" of its manual). What takes time, the salted password, is asked for and handed in.
import { PerduraError } from '../../../errors.ts';
import { hashMd5Password } from './derive-password.ts';
import {
  EMPTY_QUERY,
  encodePassword,
  encodeSaslInitialResponse,
  encodeSaslResponse,
  encodeStartup,
} from './frontend-messages.ts';
import { MessageReader } from './message-reader.ts';
import type { BackendMessage } from './message-reader.ts';
import { PostgresProtocolError } from './protocol-error.ts';
import type { AuthMethod, RequiredAuth } from './required-auth.ts';
import { SCRAM_SHA_256, ScramExchange } from './scram.ts';
import type { Salting } from './scram.ts';
import { parseErrorFields, PostgresServerError } from './server-error.ts';

/** Who logs in, and what is allowed. */
export interface SessionOptions {
  readonly user: string;
  readonly database: string;
  readonly password: string | undefined;
  readonly requiredAuth: RequiredAuth;
  /** Whether the password may be told in the clear to whoever asks. */
  readonly tellsAnybody: boolean;
  /** Random, for one log-in. */
  readonly nonce: string;
  readonly maxMessageBytes: number;
  /** Rounds of hashing that a server may ask for. */
  readonly maxScramIterations: number;
}

/** What is to be done, in this order. */
export type SessionStep =
  | { readonly do: 'send'; readonly bytes: Uint8Array }
  /** Make the salted password, and hand it in with `salted`. */
  | { readonly do: 'derive'; readonly salting: Salting }
  | { readonly do: 'loggedIn' }
  | { readonly do: 'acknowledged' };

/** What is awaited. 'salt': the caller's salted password. */
type Awaited = 'authentication' | 'salting' | 'salt' | 'verifier' | 'ok' | 'ready' | 'nothing' | 'emptyAnswer' | 'end';

const AUTHENTICATION_OK = 0;
const CLEARTEXT_PASSWORD = 3;
const MD5_PASSWORD = 5;
const SASL = 10;
const SASL_CONTINUE = 11;
const SASL_FINAL = 12;

const OTHER_METHODS: Readonly<Record<number, string>> = {
  2: 'Kerberos V5',
  6: 'SCM credentials',
  7: 'GSSAPI',
  9: 'SSPI',
};

/** What a server wants that asks for it. */
const WANTED: Partial<Record<AuthMethod, string>> = {
  password: 'the server wants the password in the clear',
  md5: 'the server wants the password hashed with MD5',
  'scram-sha-256': 'the server wants SCRAM',
  none: 'the server wants no proof of who we are',
};

/** See the head of the file. What it throws ends the conversation: PerduraError, with the server's words where there are some. */
export class PostgresSession {
  readonly #options: SessionOptions;
  readonly #reader: MessageReader;
  readonly #scram: ScramExchange;
  #awaited: Awaited = 'authentication';
  /** Whether the server was told the password in the clear, and could repeat it. */
  #hasTold = false;
  /** Whether TLS has proved who the server is. */
  #isVerified = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#reader = new MessageReader(options.maxMessageBytes);
    this.#scram = new ScramExchange(options.nonce);
  }

  /** What goes out first. `isVerified`: over TLS with a certificate that was checked. */
  start(isVerified: boolean): Uint8Array {
    const { user, database } = this.#options;
    this.#isVerified = isVerified;
    // Poolers know these parameters and refuse most others.
    return encodeStartup({ user, database, application_name: 'perdura', client_encoding: 'UTF8' });
  }

  /** What goes out as a signal, once it is logged in and the one before was acknowledged. */
  signal(): Uint8Array {
    this.#awaited = 'emptyAnswer';
    return EMPTY_QUERY;
  }

  /** The salted password that was asked for; what goes out then. */
  salted(saltedPassword: Buffer): Uint8Array {
    this.#awaited = 'verifier';
    return encodeSaslResponse(this.#scram.proof(saltedPassword));
  }

  /** Reads what the server says, however it is split. */
  *receive(bytes: Uint8Array): Generator<SessionStep, void, undefined> {
    for (const message of this.#reader.read(bytes)) {
      const step = this.#take(message);
      if (step !== undefined) yield step;
    }
  }

  #take({ type, body }: BackendMessage): SessionStep | undefined {
    switch (type) {
      case 'E':
        throw new PostgresServerError(this.#withoutPassword(parseErrorFields(body)));
      case 'R':
        return this.#authenticate(body);
      case 'I':
        return this.#expect('emptyAnswer', 'an EmptyQueryResponse', 'end');
      case 'Z':
        return this.#becomeReady();
      default:
        // Notices, parameters, notifications, the key to cancel with: they may come at any time, and ask for nothing.
        return undefined;
    }
  }

  #becomeReady(): SessionStep | undefined {
    if (this.#awaited === 'end') {
      this.#awaited = 'nothing';
      return { do: 'acknowledged' };
    }
    this.#expect('ready', 'a ReadyForQuery', 'nothing');
    return { do: 'loggedIn' };
  }

  #authenticate(body: Buffer): SessionStep | undefined {
    const method = body.length < 4 ? -1 : body.readInt32BE(0);
    switch (method) {
      case AUTHENTICATION_OK:
        return this.#letIn();
      case CLEARTEXT_PASSWORD:
        this.#expect('authentication', 'a second request for a password', 'ok');
        return { do: 'send', bytes: encodePassword(this.#tellPassword()) };
      case MD5_PASSWORD:
        this.#expect('authentication', 'a second request for a password', 'ok');
        this.#requireAllowed('md5');
        return { do: 'send', bytes: encodePassword(this.#hashMd5(body.subarray(4, 8))) };
      case SASL:
        return this.#beginScram(body.toString('latin1', 4).split('\0'));
      case SASL_CONTINUE:
        this.#expect('salting', 'a message of SCRAM', 'salt');
        return { do: 'derive', salting: this.#checkSalting(this.#scram.salting(body.toString('latin1', 4))) };
      case SASL_FINAL:
        this.#expect('verifier', 'the last message of SCRAM', 'ok');
        this.#scram.verify(body.toString('latin1', 4));
        return undefined;
      default:
        throw this.#loginError(
          `the server wants ${OTHER_METHODS[method] ?? `the authentication method ${method}`}, which is not spoken here`,
        );
    }
  }

  #letIn(): undefined {
    // At once is trust.
    if (this.#awaited === 'authentication') this.#requireAllowed('none');
    // Once SCRAM has begun, whoever does not finish it need not know the password.
    if (this.#awaited === 'authentication' || this.#awaited === 'ok') this.#awaited = 'ready';
    else throw new PostgresProtocolError('it lets us in before it has proved that it knows the password');
  }

  #beginScram(mechanisms: readonly string[]): SessionStep {
    this.#requireAllowed('scram-sha-256');
    if (!mechanisms.includes(SCRAM_SHA_256)) {
      const offered = mechanisms.filter((name) => name !== '').join(', ');
      throw this.#loginError(
        `the server wants one of ${offered || 'no mechanism'}, and only ${SCRAM_SHA_256} is spoken here`,
      );
    }
    this.#requirePassword();
    this.#expect('authentication', 'a second request for a password', 'salting');
    return { do: 'send', bytes: encodeSaslInitialResponse(SCRAM_SHA_256, this.#scram.first) };
  }

  #checkSalting(salting: Salting): Salting {
    const { maxScramIterations } = this.#options;
    if (salting.iterations <= maxScramIterations) return salting;
    throw new PostgresProtocolError(
      `it wants ${salting.iterations} rounds of hashing, maxScramIterations allows ${maxScramIterations}`,
    );
  }

  #hashMd5(salt: Uint8Array): string {
    const { user } = this.#options;
    const password = this.#requirePassword();
    if (salt.length < 4) throw new PostgresProtocolError('its request for an MD5 password has no salt');
    try {
      return hashMd5Password(user, password, salt);
    } catch (error) {
      throw this.#loginError(
        'the server wants a password hashed with MD5, and OpenSSL of this machine forbids MD5',
        error,
      );
    }
  }

  #requireAllowed(method: AuthMethod): void {
    const { requiredAuth } = this.#options;
    if (requiredAuth.allows(method)) return;
    throw this.#loginError(`${WANTED[method] ?? method}, which require_auth=${requiredAuth.text} forbids`);
  }

  /** In the clear: whoever is in between may be who asks for it. */
  #tellPassword(): string {
    this.#requireAllowed('password');
    const password = this.#requirePassword();
    this.#hasTold = this.#isVerified || this.#options.tellsAnybody;
    if (this.#hasTold) return password;
    throw this.#loginError(
      'the server wants the password in the clear, over a connection that does not prove who it is; ' +
        'use sslmode=verify-full, have the server ask for SCRAM, or allow it with require_auth=password or sslmode=disable',
    );
  }

  #withoutPassword(fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const { password } = this.#options;
    if (!this.#hasTold || password === undefined) return fields;
    return new Map(Array.from(fields, ([name, text]) => [name, text.replaceAll(password, '…')]));
  }

  #requirePassword(): string {
    const { password } = this.#options;
    if (password !== undefined) return password;
    throw this.#loginError('the server wants a password, and none is given; write it in the URL as user:password@host');
  }

  #loginError(message: string, cause?: unknown): PerduraError {
    return new PerduraError('ERR_PERDURA_CONNECT', message, cause === undefined ? {} : { cause });
  }

  #expect(awaited: Awaited, what: string, next: Awaited): undefined {
    if (this.#awaited !== awaited) throw new PostgresProtocolError(`it sends ${what}, which nothing has asked for`);
    this.#awaited = next;
  }
}
