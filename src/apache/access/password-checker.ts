// Whether a password fits, for a server that everybody shares: what fitted is remembered, and one is hashed at a time.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { fitsPassword, fitsQuickly } from './password-hash.ts';

/** How many users are remembered: each costs some hundred bytes, one who is not costs a hash at every request. */
const DEFAULT_REMEMBERED_USERS = 256;

/** See the head of the file. */
export class PasswordChecker {
  readonly #fits: typeof fitsPassword;
  readonly #maxUsers: number;
  /** Of this process alone: what is remembered is of no use elsewhere. */
  readonly #key = randomBytes(32);
  /** What a user's password came to, by user and hash: with another hash in the file it has to fit anew. The oldest comes first. */
  readonly #fitted = new Map<string, Buffer>();
  /** Ends with the last that waits. All hash in the same thread, so that more at a time would only make each turn longer. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(fits: typeof fitsPassword = fitsPassword, maxUsers: number = DEFAULT_REMEMBERED_USERS) {
    this.#fits = fits;
    this.#maxUsers = maxUsers;
  }

  /** As `fitsPassword`, for a user. At once where it is remembered, or quickly told. */
  check(user: string, password: string, hash: string): boolean | Promise<boolean | 'unsupported'> {
    const name = `${user}:${hash}`;
    const digest = createHmac('sha256', this.#key).update(password, 'latin1').digest();
    if (this.#remembers(name, digest)) return true;
    const known = fitsQuickly(password, hash);
    if (known !== undefined) {
      if (known) this.#remember(name, digest);
      return known;
    }
    const checking = this.#last.then(async () => {
      // A page and what it shows are asked for together: the first of them is enough.
      if (this.#remembers(name, digest)) return true;
      const fits = await this.#fits(password, hash);
      if (fits === true) this.#remember(name, digest);
      return fits;
    });
    this.#last = checking.catch(() => undefined);
    return checking;
  }

  #remembers(name: string, digest: Buffer): boolean {
    const known = this.#fitted.get(name);
    return known !== undefined && timingSafeEqual(known, digest);
  }

  #remember(name: string, digest: Buffer): void {
    this.#fitted.delete(name);
    this.#fitted.set(name, digest);
    for (const oldest of this.#fitted.keys()) {
      if (this.#fitted.size <= this.#maxUsers) break;
      this.#fitted.delete(oldest);
    }
  }
}
