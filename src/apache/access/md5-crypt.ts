// Passwords hashed by MD5, as crypt(3) does it, and Apache under a name of its own.
import { hash as hashOnce } from 'node:crypto';
import { partsOfRound } from './crypt-round.ts';
import { encodeCryptText } from './crypt-text.ts';

const ROUNDS = 1_000;

/** Bytes from all over the digest stand side by side. */
const GROUPS = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]];

/** The scheme of FreeBSD's crypt with MD5, which Apache has under a name of its own: 1,000 rounds, each mixing in other parts. */
export function md5Crypt(password: string, hash: string, magic: string): string {
  const salt = hash.slice(magic.length).split('$', 1)[0]!.slice(0, 8);
  const word = Buffer.from(password, 'latin1');
  const seed = Buffer.from(salt, 'latin1');
  const md5 = (...parts: readonly Uint8Array[]): Buffer => hashOnce('md5', Buffer.concat(parts), 'buffer');
  const doubled = md5(word, seed, word);
  const start: Uint8Array[] = [word, Buffer.from(magic, 'latin1'), seed];
  for (let left = word.length; left > 0; left -= 16) start.push(doubled.subarray(0, Math.min(16, left)));
  for (let bits = word.length; bits > 0; bits >>= 1) start.push(bits % 2 === 1 ? Buffer.of(0) : word.subarray(0, 1));
  let digest = md5(...start);
  for (let round = 0; round < ROUNDS; round += 1) digest = md5(...partsOfRound(round, digest, word, seed));
  return `${magic}${salt}$${encodeCryptText(digest, GROUPS)}`;
}
