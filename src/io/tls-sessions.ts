// The TLS sessions that peers have offered for resumption (RFC 8446 §2.2, RFC 5077), by where they came from.

/** Most that are remembered. As https.Agent of Node.js; each is one to several kilobytes. */
const MAX_SESSIONS = 100;

/** Remembers the newest session of each peer, and of so many peers, those used last. */
export class TlsSessions {
  readonly #maxSessions: number;
  /** In order of last use. */
  readonly #sessions = new Map<string, Buffer>();

  constructor(maxSessions: number = MAX_SESSIONS) {
    this.#maxSessions = maxSessions;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** The session to offer to this peer; undefined where it gave none. */
  take(peer: string): Buffer | undefined {
    const session = this.#sessions.get(peer);
    if (session !== undefined) this.remember(peer, session);
    return session;
  }

  remember(peer: string, session: Buffer): void {
    this.#sessions.delete(peer);
    this.#sessions.set(peer, session);
    if (this.#sessions.size <= this.#maxSessions) return;
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined) this.#sessions.delete(oldest);
  }

  /** Drops the session with which a handshake failed. A newer one, that another connection brought meanwhile, stays. */
  forget(peer: string, session: Buffer): void {
    if (this.#sessions.get(peer) === session) this.#sessions.delete(peer);
  }
}
