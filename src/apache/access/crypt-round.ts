// What crypt(3) hashes in each round, be it by MD5 or SHA: the digest of the round before, and by turns the password and the salt.

/** The bytes in their order; the round may be any number from 0 on. */
export function partsOfRound(
  round: number,
  digest: Uint8Array,
  password: Uint8Array,
  salt: Uint8Array,
): readonly Uint8Array[] {
  const odd = round % 2 === 1;
  const parts = [odd ? password : digest];
  if (round % 3 !== 0) parts.push(salt);
  if (round % 7 !== 0) parts.push(password);
  parts.push(odd ? digest : password);
  return parts;
}
