// What is said to PostgreSQL on one connection of a probe: whether TLS may begin, the log-in, empty queries. Without I/O but for the
// hash of a password, which a thread makes.
import type { Conversation, ConversationEvent } from '../connection/conversation.ts';
import type { SaltedPasswords } from './derive-password.ts';
import { SSL_REQUEST, TERMINATE } from './frontend-messages.ts';
import { PostgresServerError } from './server-error.ts';
import { PostgresSession } from './session.ts';
import type { SessionOptions, SessionStep } from './session.ts';
import { readTlsAnswer } from './tls-answer.ts';

/** Whether TLS is used: never, where the server has it, or always. The names are those of libpq's `sslmode`. */
export type PostgresTlsMode = 'disable' | 'prefer' | 'require';

/** See the head of the file. */
export class PostgresConversation implements Conversation {
  readonly protocol = 'PostgreSQL';
  readonly #tlsMode: PostgresTlsMode;
  readonly #checksCertificate: boolean;
  readonly #session: PostgresSession;
  readonly #passwords: SaltedPasswords;
  #isNegotiated: boolean;
  #isLoggedIn = false;

  /** `checksCertificate`: TLS begins only with who proves to be the server. */
  constructor(
    session: SessionOptions,
    tlsMode: PostgresTlsMode,
    checksCertificate: boolean,
    passwords: SaltedPasswords,
  ) {
    this.#tlsMode = tlsMode;
    this.#checksCertificate = checksCertificate;
    this.#session = new PostgresSession(session);
    this.#passwords = passwords;
    this.#isNegotiated = tlsMode === 'disable';
  }

  /** Only those who have begun a session can end it; before, the end of the connection says it. */
  get farewell(): string | undefined {
    return this.#isLoggedIn ? Buffer.from(TERMINATE).toString('latin1') : undefined;
  }

  begin(): readonly ConversationEvent[] {
    return this.#isNegotiated ? this.#start(false) : [{ kind: 'write', data: SSL_REQUEST }];
  }

  secured(): readonly ConversationEvent[] {
    return this.#start(this.#checksCertificate);
  }

  ask(): readonly ConversationEvent[] {
    return [{ kind: 'write', data: this.#session.signal() }];
  }

  receive(bytes: Buffer): readonly ConversationEvent[] {
    if (!this.#isNegotiated) return this.#negotiate(bytes);
    const events: ConversationEvent[] = [];
    try {
      for (const step of this.#session.receive(bytes)) events.push(this.#toEvent(step));
    } catch (error) {
      events.push(this.#toEnd(error as Error));
    }
    return events.length === 0 && this.#isLoggedIn ? [{ kind: 'unasked' }] : events;
  }

  #start(isVerified: boolean): readonly ConversationEvent[] {
    return [{ kind: 'write', data: this.#session.start(isVerified) }];
  }

  #negotiate(bytes: Buffer): readonly ConversationEvent[] {
    const answer = readTlsAnswer(bytes);
    if (answer.kind === 'refused') return [answer];
    this.#isNegotiated = true;
    if (answer.offersTls) return [{ kind: 'secure' }];
    if (this.#tlsMode === 'prefer') return this.#start(false);
    return [{ kind: 'refused', reason: 'the server has no TLS, and sslmode=require asks for it' }];
  }

  #toEvent(step: SessionStep): ConversationEvent {
    switch (step.do) {
      case 'send':
        return { kind: 'write', data: step.bytes };
      case 'derive':
        return { kind: 'later', events: this.#derive(step) };
      case 'loggedIn':
        this.#isLoggedIn = true;
        return { kind: 'ready' };
      case 'acknowledged':
        return { kind: 'acknowledged', detail: 'EmptyQueryResponse' };
    }
  }

  async #derive({ salting }: SessionStep & { do: 'derive' }): Promise<readonly ConversationEvent[]> {
    try {
      const salted = await this.#passwords.derive(salting);
      return [{ kind: 'write', data: this.#session.salted(salted) }];
    } catch (error) {
      return [{ kind: 'refused', reason: `the password cannot be hashed: ${(error as Error).message}` }];
    }
  }

  /** A session that is ended by an administrator or an idle timeout may be begun anew; a log-in that is refused may not. */
  #toEnd(error: Error): ConversationEvent {
    const isEnd = this.#isLoggedIn && error instanceof PostgresServerError && error.isFatal;
    return { kind: isEnd ? 'closing' : 'refused', reason: error.message };
  }
}
