// Precompressed siblings of a file and which one Accept-Encoding prefers (RFC 9110 §8.4.1, §12.5.3). Pure but for a memo.
import Negotiator from 'negotiator';

/** How the bytes of a representation are coded. */
export type ContentCoding = 'identity' | 'br' | 'gzip';

/** A coding and how the name of its file ends. The better compression first: it wins among equal q-values. */
export interface SiblingCoding {
  readonly coding: Exclude<ContentCoding, 'identity'>;
  readonly suffix: string;
}

/** Every coding that is looked for beside a file. */
export const SIBLING_CODINGS: readonly SiblingCoding[] = [
  { coding: 'br', suffix: '.br' },
  { coding: 'gzip', suffix: '.gz' },
];

const PREFERENCE: readonly ContentCoding[] = ['br', 'gzip', 'identity'];

/** Whether a name is that of a compressed file itself; nobody compresses those again. */
export function isCompressedName(path: string): boolean {
  return SIBLING_CODINGS.some(({ suffix }) => path.endsWith(suffix));
}

/**
 * A sibling that is older than its file was made from an earlier edition and would bring that back, so it does not count.
 * Some compressors copy the time of the file but only its whole seconds: such a sibling is not older.
 */
export function isOutdatedSibling(siblingModifiedMs: number, originalModifiedMs: number): boolean {
  if (siblingModifiedMs >= originalModifiedMs) return false;
  return siblingModifiedMs !== Math.floor(originalModifiedMs / 1_000) * 1_000;
}

/** How many different Accept-Encoding values are remembered. Browsers send a handful; what an attacker makes up is bounded. */
const MEMO_ENTRIES = 256;
/** Longer values are not remembered. Chrome's has 23 characters. */
const MEMO_FIELD_CHARACTERS = 128;

/** Chooses among the codings that exist. It remembers the last values, because parsing one costs as much as the rest of a small answer. */
export class CodingNegotiator {
  readonly #memo = new Map<string, ContentCoding | undefined>();

  /** The preferred coding among `available`, undefined where the client excluded every one of them. */
  choose(acceptEncoding: string | null, available: readonly ContentCoding[]): ContentCoding | undefined {
    // Without the field any coding would do (§12.5.3), but who does not ask may not be able to decode.
    if (acceptEncoding === null) return 'identity';
    // Without a q-value that starts with 0 nothing is excluded, so identity alone is always acceptable.
    if (available.length === 1 && !acceptEncoding.includes('=')) return 'identity';
    const key = `${available.join()} ${acceptEncoding}`;
    if (this.#memo.has(key)) return this.#memo.get(key);
    const chosen = negotiate(acceptEncoding, available);
    if (acceptEncoding.length <= MEMO_FIELD_CHARACTERS) {
      if (this.#memo.size >= MEMO_ENTRIES) this.#memo.clear();
      this.#memo.set(key, chosen);
    }
    return chosen;
  }
}

function negotiate(acceptEncoding: string, available: readonly ContentCoding[]): ContentCoding | undefined {
  const negotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
  // The published types do not know the second argument; without it the client's order would decide among equals.
  const rank: (codings: string[], options: { preferred: readonly string[] }) => string[] =
    negotiator.encodings.bind(negotiator);
  const [chosen] = rank([...available], { preferred: PREFERENCE });
  return available.find((coding) => coding === chosen);
}
