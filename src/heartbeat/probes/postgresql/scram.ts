// SCRAM-SHA-256 (RFC 5802, RFC 7677), the client's side: both sides prove that they know the password, and neither tells it.
// Without channel binding. What takes long, the salted password, is made elsewhere: see derive-password.ts.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { PostgresProtocolError } from './protocol-error.ts';

export const SCRAM_SHA_256 = 'SCRAM-SHA-256';

/** What makes a salted password of a password. */
export interface Salting {
  readonly salt: Buffer;
  readonly iterations: number;
}

/** RFC 5802 §7: 'n' stands for a client that does not support channel binding. */
const GS2_HEADER = 'n,,';

/** One exchange: `first`, then `salting` of the server's first message, then `proof`, then `verify` of its last. */
export class ScramExchange {
  readonly #nonce: string;
  readonly #firstBare: string;
  #serverFirst = '';
  #wholeNonce = '';
  #serverSignature: Buffer | undefined;

  /** `nonce` is random, of printable ASCII without commas. PostgreSQL goes by the user of the start-up, so it needs none here. */
  constructor(nonce: string, user = '') {
    this.#nonce = nonce;
    this.#firstBare = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  }

  /** The client's first message. */
  get first(): string {
    return GS2_HEADER + this.#firstBare;
  }

  /** Reads the server's first message. @throws PostgresProtocolError */
  salting(serverFirst: string): Salting {
    // Extensions that must be understood stand in front as `m=` (RFC 5802 §5.1), so the pattern refuses them; others follow.
    const match = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/]+={0,2}),i=([1-9]\d{0,9})(?:,|$)/.exec(serverFirst);
    if (match === null) throw new PostgresProtocolError('its first message of SCRAM is not as RFC 5802 §7 has it');
    const [, nonce = '', salt = '', iterations = ''] = match;
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length) {
      throw new PostgresProtocolError(
        'its nonce of SCRAM does not continue ours: the answer is that of another log-in',
      );
    }
    this.#serverFirst = serverFirst;
    this.#wholeNonce = nonce;
    return { salt: Buffer.from(salt, 'base64'), iterations: Number(iterations) };
  }

  /** The client's last message. */
  proof(saltedPassword: Buffer): string {
    const withoutProof = `c=${Buffer.from(GS2_HEADER).toString('base64')},r=${this.#wholeNonce}`;
    const authMessage = `${this.#firstBare},${this.#serverFirst},${withoutProof}`;
    const clientKey = hmac(saltedPassword, 'Client Key');
    const clientSignature = hmac(createHash('sha256').update(clientKey).digest(), authMessage);
    this.#serverSignature = hmac(hmac(saltedPassword, 'Server Key'), authMessage);
    const proof = clientKey.map((byte, index) => byte ^ (clientSignature[index] ?? 0));
    return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`;
  }

  /** Whether the server knows the password, too. @throws PostgresProtocolError where it has not shown it */
  verify(serverFinal: string): void {
    const [, verifier] = /^v=([A-Za-z0-9+/]+={0,2})(?:,|$)/.exec(serverFinal) ?? [];
    const expected = this.#serverSignature;
    const given = Buffer.from(verifier ?? '', 'base64');
    if (expected !== undefined && given.length === expected.length && timingSafeEqual(given, expected)) return;
    throw new PostgresProtocolError('it could not prove that it knows the password: it is not the server it should be');
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
