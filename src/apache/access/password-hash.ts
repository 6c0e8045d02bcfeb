// The forms in which htpasswd writes passwords, and whether a password fits one.
import { createHash, timingSafeEqual } from 'node:crypto';
import { compare } from 'bcryptjs';
import { md5Crypt } from './md5-crypt.ts';
import { shaCrypt } from './sha-crypt.ts';

/**
 * Bcrypt, Apache's MD5 (`$apr1$`), the MD5, SHA-256 and SHA-512 of crypt (`$1$`, `$5$`, `$6$`) and SHA-1. `unsupported`: another form of
 * crypt(3), such as DES.
 */
export async function fitsPassword(password: string, hash: string): Promise<boolean | 'unsupported'> {
  if (/^\$2[aby]\$/.test(hash)) return compare(Buffer.from(password, 'latin1').toString(), hash);
  if (hash.startsWith('$apr1$')) return equal(md5Crypt(password, hash, '$apr1$'), hash);
  if (hash.startsWith('$1$')) return equal(md5Crypt(password, hash, '$1$'), hash);
  if (hash.startsWith('{SHA}')) {
    return equal(`{SHA}${createHash('sha1').update(password, 'latin1').digest('base64')}`, hash);
  }
  if (hash.startsWith('$5$') || hash.startsWith('$6$')) {
    const own = shaCrypt(password, hash);
    return own === undefined ? 'unsupported' : equal(own, hash);
  }
  return 'unsupported';
}

/** How long it takes must not tell how much of it was right. */
function equal(one: string, other: string): boolean {
  const first = Buffer.from(one, 'latin1');
  const second = Buffer.from(other, 'latin1');
  return first.length === second.length && timingSafeEqual(first, second);
}
