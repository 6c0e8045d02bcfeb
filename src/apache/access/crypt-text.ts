// How crypt(3) writes the bytes of a digest: six bits in each character, the lowest first, three bytes of the digest in each group.

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `groups`: indices of the bytes, the highest first; a shorter group at the end has fewer characters. */
export function encodeCryptText(digest: Uint8Array, groups: ReadonlyArray<readonly number[]>): string {
  let text = '';
  for (const group of groups) {
    let value = 0;
    for (const index of group) value = value * 256 + digest[index]!;
    for (let left = group.length + 1; left > 0; left -= 1, value = Math.floor(value / 64))
      text += ALPHABET[value % 64]!;
  }
  return text;
}
