// The forms in which htpasswd writes passwords, and whether a password fits one.
import { createHash, timingSafeEqual } from 'node:crypto';
import { compare } from 'bcryptjs';
import { md5Crypt } from './md5-crypt.ts';
import { shaCrypt } from './sha-crypt.ts';

/** A password that is longer fits nothing. The limit of htpasswd; without one the client would choose how long it is hashed. */
export const MAX_PASSWORD_BYTES = 255;

/** Of bcrypt: each more doubles the time. 12 is PHP's default, and up to a second, in turns of 100 ms; htpasswd's own is 5. */
export const MAX_BCRYPT_COST = 12;

/**
 * Bcrypt, Apache's MD5 (`$apr1$`), the MD5, SHA-256 and SHA-512 of crypt (`$1$`, `$5$`, `$6$`) and SHA-1. `unsupported`: another form of
 * crypt(3), such as DES, or more work than one request may cost.
 */
export async function fitsPassword(password: string, hash: string): Promise<boolean | 'unsupported'> {
  if (password.length > MAX_PASSWORD_BYTES) return false;
  const known = fitsQuickly(password, hash);
  if (known !== undefined) return known;
  const cost = /^\$2[aby]\$(\d\d)\$/.exec(hash)?.[1];
  if (cost !== undefined) {
    if (Number(cost) > MAX_BCRYPT_COST) return 'unsupported';
    return compare(Buffer.from(password, 'latin1').toString(), hash);
  }
  if (hash.startsWith('$5$') || hash.startsWith('$6$')) {
    const own = await shaCrypt(password, hash);
    return own === undefined ? 'unsupported' : equal(own, hash);
  }
  return 'unsupported';
}

/** The same for forms that take a millisecond at most; undefined for all others. */
export function fitsQuickly(password: string, hash: string): boolean | undefined {
  const form = /^(?:\$apr1\$|\$1\$|\{SHA\})/.exec(hash)?.[0];
  if (form === undefined) return undefined;
  if (password.length > MAX_PASSWORD_BYTES) return false;
  if (form === '$apr1$' || form === '$1$') return equal(md5Crypt(password, hash, form), hash);
  return equal(`{SHA}${createHash('sha1').update(password, 'latin1').digest('base64')}`, hash);
}

/** How long it takes must not tell how much of it was right. */
function equal(one: string, other: string): boolean {
  const first = Buffer.from(one, 'latin1');
  const second = Buffer.from(other, 'latin1');
  return first.length === second.length && timingSafeEqual(first, second);
}
