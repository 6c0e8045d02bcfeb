// What passwords are made into before they go out: the salted password of SCRAM, off the event loop, and what MD5 makes of one.
import { createHash, pbkdf2, randomBytes } from 'node:crypto';
import { prepareSaslPassword } from './sasl-prep.ts';
import type { Salting } from './scram.ts';

/** Output of SHA-256. */
const KEY_BYTES = 32;
/** As libpq has it. */
const NONCE_BYTES = 18;

/** A nonce for one exchange of SCRAM. */
export function makeNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64');
}

/** Hi() of RFC 5802 §2.2, in a thread of libuv: thousands of rounds would hold up every timer. */
export function saltPassword(password: string, { salt, iterations }: Salting): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    pbkdf2(prepareSaslPassword(password), salt, iterations, KEY_BYTES, 'sha256', (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** AuthenticationMD5Password: `md5` and the hash of a hash with the salt. Where OpenSSL forbids MD5 it throws. */
export function hashMd5Password(user: string, password: string, salt: Uint8Array): string {
  const inner = createHash('md5').update(`${password}${user}`).digest('hex');
  return `md5${createHash('md5').update(inner).update(salt).digest('hex')}`;
}

/** Remembers the last salted password, as RFC 5802 §3 allows, so that a connection that is opened anew costs no time. */
export class SaltedPasswords {
  readonly #password: string;
  #salting: Salting | undefined;
  #salted: Promise<Buffer> | undefined;

  constructor(password: string) {
    this.#password = password;
  }

  derive(salting: Salting): Promise<Buffer> {
    const known = this.#salting;
    if (this.#salted !== undefined && known?.iterations === salting.iterations && known.salt.equals(salting.salt)) {
      return this.#salted;
    }
    this.#salting = salting;
    this.#salted = saltPassword(this.#password, salting);
    return this.#salted;
  }
}
