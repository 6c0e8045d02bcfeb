// The forms in which htpasswd writes passwords, and whether a password fits one.
import { createHash, timingSafeEqual } from 'node:crypto';
import { compare } from 'bcryptjs';

/**
 * Bcrypt, Apache's MD5 (`$apr1$`), the MD5 of crypt (`$1$`) and SHA-1. `unsupported`: a form of crypt(3) that needs the system's library,
 * such as DES or SHA-512.
 */
export async function fitsPassword(password: string, hash: string): Promise<boolean | 'unsupported'> {
  if (/^\$2[aby]\$/.test(hash)) return compare(Buffer.from(password, 'latin1').toString(), hash);
  if (hash.startsWith('$apr1$')) return equal(md5Crypt(password, hash, '$apr1$'), hash);
  if (hash.startsWith('$1$')) return equal(md5Crypt(password, hash, '$1$'), hash);
  if (hash.startsWith('{SHA}')) {
    return equal(`{SHA}${createHash('sha1').update(password, 'latin1').digest('base64')}`, hash);
  }
  return 'unsupported';
}

/** How long it takes must not tell how much of it was right. */
function equal(one: string, other: string): boolean {
  const first = Buffer.from(one, 'latin1');
  const second = Buffer.from(other, 'latin1');
  return first.length === second.length && timingSafeEqual(first, second);
}

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ROUNDS = 1_000;

/** The scheme of FreeBSD's crypt with MD5, which Apache has under a name of its own: 1,000 rounds, each mixing in other parts. */
function md5Crypt(password: string, hash: string, magic: string): string {
  const salt = hash.slice(magic.length).split('$', 1)[0]!.slice(0, 8);
  const word = Buffer.from(password, 'latin1');
  const seed = Buffer.from(salt, 'latin1');
  const md5 = (...parts: readonly Uint8Array[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();
  const doubled = md5(word, seed, word);
  const start: Uint8Array[] = [word, Buffer.from(magic, 'latin1'), seed];
  for (let left = word.length; left > 0; left -= 16) start.push(doubled.subarray(0, Math.min(16, left)));
  for (let bits = word.length; bits > 0; bits >>= 1) start.push(bits % 2 === 1 ? Buffer.of(0) : word.subarray(0, 1));
  let digest = md5(...start);
  for (let round = 0; round < ROUNDS; round += 1) {
    const odd = round % 2 === 1;
    const parts: Uint8Array[] = [odd ? word : digest];
    if (round % 3 !== 0) parts.push(seed);
    if (round % 7 !== 0) parts.push(word);
    parts.push(odd ? digest : word);
    digest = md5(...parts);
  }
  return `${magic}${salt}$${encode(digest)}`;
}

/** Groups of three bytes from all over the digest, each as four characters. */
function encode(digest: Buffer): string {
  let text = '';
  for (const [first, second, third] of [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
  ] as const) {
    text += characters((digest[first]! << 16) | (digest[second]! << 8) | digest[third]!, 4);
  }
  return text + characters(digest[11]!, 2);
}

function characters(value: number, count: number): string {
  let text = '';
  for (let at = 0, rest = value; at < count; at += 1, rest >>= 6) text += ALPHABET[rest & 63]!;
  return text;
}
