// Digests of texts, for expressions.
import { createHash } from 'node:crypto';

/** In lower-case hexadecimal. */
export function hexDigest(algorithm: 'md5' | 'sha1', text: string): string {
  return createHash(algorithm).update(text, 'latin1').digest('hex');
}
