// Passwords as SCRAM hashes them: SASLprep (RFC 4013, tables of RFC 3454). Pure.

/** RFC 3454 C.1.2, and the zero width space, which stringprep of PostgreSQL takes for a space, too. */
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
/** RFC 3454 B.1: what is commonly mapped to nothing. */
const NOTHING = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;
/** RFC 4013 §2.3: control characters, private use, non-characters, surrogates, and what is unfit for plain text. */
const PROHIBITED =
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u0340\u0341\u06dd\u070f\u180e\u200e\u200f\u2028-\u202e\u2061-\u2063\u206a-\u206f\u2ff0-\u2ffb\ufff9-\ufffd\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;

/**
 * The form of a password that is hashed. What may not be prepared, or comes to nothing, is taken as it is, as PostgreSQL does it on
 * both sides. What Unicode assigned after 3.2, and the rules of mixed directions (RFC 3454 §6), are not looked at: they make a
 * difference only for passwords that preparing changes otherwise.
 */
export function prepareSaslPassword(password: string): string {
  const mapped = password.replaceAll(SPACES, ' ').replaceAll(NOTHING, '');
  return mapped === '' || PROHIBITED.test(mapped) ? password : mapped.normalize('NFKC');
}
