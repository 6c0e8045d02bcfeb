// Passwords hashed by SHA-256 and SHA-512, as crypt(3) does it (Drepper, "Unix crypt using SHA-256 and SHA-512").
import { hash as hashOnce, randomBytes } from 'node:crypto';
import { partsOfRound } from './crypt-round.ts';
import { encodeCryptText } from './crypt-text.ts';

const DEFAULT_ROUNDS = 5_000;
const LEAST_ROUNDS = 1_000;

/** crypt(3) goes to 999,999,999, which is an hour; this is twenty times its default, and a third of a second. */
const MOST_ROUNDS = 100_000;

/** About three milliseconds. After so many, others have their turn. */
const ROUNDS_OF_A_TURN = 1_000;

const LONGEST_SALT = 16;

const GROUPS_256 = [
  [0, 10, 20],
  [21, 1, 11],
  [12, 22, 2],
  [3, 13, 23],
  [24, 4, 14],
  [15, 25, 5],
  [6, 16, 26],
  [27, 7, 17],
  [18, 28, 8],
  [9, 19, 29],
  [31, 30],
];
const GROUPS_512 = [
  [0, 21, 42],
  [22, 43, 1],
  [44, 2, 23],
  [3, 24, 45],
  [25, 46, 4],
  [47, 5, 26],
  [6, 27, 48],
  [28, 49, 7],
  [50, 8, 29],
  [9, 30, 51],
  [31, 52, 10],
  [53, 11, 32],
  [12, 33, 54],
  [34, 55, 13],
  [56, 14, 35],
  [15, 36, 57],
  [37, 58, 16],
  [59, 17, 38],
  [18, 39, 60],
  [40, 61, 19],
  [62, 20, 41],
  [63],
];

/** The hash of a password with the salt and rounds of `hash`; undefined where it asks for more rounds than are allowed. */
export async function shaCrypt(password: string, hash: string): Promise<string | undefined> {
  const magic = hash.slice(0, 3);
  const algorithm = magic === '$5$' ? 'sha256' : 'sha512';
  const [, asked, saltText = ''] = /^\$\d\$(?:rounds=(\d+)\$)?([^$]*)/.exec(hash) ?? [];
  const rounds = asked === undefined ? DEFAULT_ROUNDS : Math.max(LEAST_ROUNDS, Number(asked));
  if (rounds > MOST_ROUNDS) return undefined;
  const word = Buffer.from(password, 'latin1');
  const salt = Buffer.from(saltText.slice(0, LONGEST_SALT), 'latin1');
  const digestOf = (...parts: readonly Uint8Array[]): Buffer => hashOnce(algorithm, Buffer.concat(parts), 'buffer');
  let digest = digestOf(...startParts(word, salt, digestOf(word, salt, word)));
  const words = repeat(digestOf(repeat(word, word.length ** 2)), word.length);
  const salts = repeat(digestOf(repeat(salt, salt.length * (16 + digest[0]!))), salt.length);
  for (let round = 0; round < rounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each round needs the one before
    if (round % ROUNDS_OF_A_TURN === ROUNDS_OF_A_TURN - 1) await laterTurn();
    digest = digestOf(...partsOfRound(round, digest, words, salts));
  }
  const head = asked === undefined ? magic : `${magic}rounds=${rounds}$`;
  const groups = algorithm === 'sha256' ? GROUPS_256 : GROUPS_512;
  return `${head}${salt.toString('latin1')}$${encodeCryptText(digest, groups)}`;
}

/** What comes from the thread pool comes in a turn of its own. */
function laterTurn(): Promise<void> {
  return new Promise((resolve) => {
    randomBytes(1, () => {
      resolve();
    });
  });
}

function startParts(word: Buffer, salt: Buffer, doubled: Buffer): Uint8Array[] {
  const parts: Uint8Array[] = [word, salt, repeat(doubled, word.length)];
  for (let bits = word.length; bits > 0; bits >>= 1) parts.push(bits % 2 === 1 ? doubled : word);
  return parts;
}

/** As many bytes as asked for, from the beginning again and again. */
function repeat(bytes: Buffer, lengthBytes: number): Buffer {
  return Buffer.alloc(lengthBytes, bytes);
}
