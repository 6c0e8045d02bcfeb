// Entity tags: making one for a file, reading them from fields, comparing them (RFC 9110 §8.8.3). Pure.

/** `weak` is the prefix `W/`; `opaque` is what stands between the quotes. */
export interface EntityTag {
  readonly weak: boolean;
  readonly opaque: string;
}

/** What an entity tag of a file is made from. */
export interface EntityTagFacts {
  readonly sizeBytes: number;
  /** Modification time, milliseconds since 1970 with its fraction. */
  readonly modifiedMs: number;
  readonly coding: string;
  /** The wall clock at which the two above were read. */
  readonly wallMs: number;
}

/**
 * How long after its last modification a file may change again without a new modification time.
 * A clock with a fraction ticks every 1 to 16 ms (Linux at HZ=100: 10, Windows: 15.6); a time without one
 * may come from FAT, which counts in two seconds.
 */
const TICK_MS = 50;
const COARSE_TICK_MS = 2_000;

/**
 * Size and modification time in microseconds, in hexadecimal as Apache writes them, so that replicas whose files were copied
 * with their times agree; the inode would not. The content coding is part of it, because the codings of one resource are
 * different representations and a strong tag must tell them apart (§8.8.3.3).
 *
 * A strong tag promises that it changes whenever the bytes do (§8.8.1). Size and time cannot promise that while
 * the clock that stamped the file may still stand on the same tick, so the tag of a file that was modified just now
 * (or in the future, by a clock that differs) is weak. It also ends in `~`: were it only weak, the tag of the
 * settled file would match it, and whoever got the earlier bytes would be told 304 for ever.
 */
export function formatFileEntityTag({ sizeBytes, modifiedMs, coding, wallMs }: EntityTagFacts): string {
  const time = Math.round(modifiedMs * 1_000).toString(16);
  const opaque = `${sizeBytes.toString(16)}-${time}${coding === 'identity' ? '' : `-${coding}`}`;
  const tickMs = modifiedMs % 1_000 === 0 ? COARSE_TICK_MS : TICK_MS;
  return wallMs - modifiedMs > tickMs ? `"${opaque}"` : `W/"${opaque}~"`;
}

const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const LIST_ELEMENT = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(?:,|$)/y;

/** One entity tag, undefined where the text is none. `W/` is case-sensitive (§8.8.3). */
export function parseEntityTag(text: string): EntityTag | undefined {
  const match = ENTITY_TAG.exec(text);
  return match ? { weak: match[1] !== undefined, opaque: match[2] ?? '' } : undefined;
}

/** The value of If-Match or If-None-Match (§13.1.1, §13.1.2): `*`, or a list of tags; undefined where it is neither. */
export function parseEntityTagList(text: string): '*' | readonly EntityTag[] | undefined {
  if (text.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  LIST_ELEMENT.lastIndex = 0;
  while (LIST_ELEMENT.lastIndex < text.length) {
    const match = LIST_ELEMENT.exec(text);
    if (!match) return undefined;
    // Empty elements are skipped (§5.6.1.2).
    if (match[2] !== undefined) tags.push({ weak: match[1] !== undefined, opaque: match[2] });
  }
  return tags;
}

/** Strong comparison (§8.8.3.2): the same, and both strong. For If-Match and If-Range. */
export function matchesStrongly(one: EntityTag, other: EntityTag): boolean {
  return !one.weak && !other.weak && one.opaque === other.opaque;
}

/** Weak comparison (§8.8.3.2): the same, weak or not. For If-None-Match. */
export function matchesWeakly(one: EntityTag, other: EntityTag): boolean {
  return one.opaque === other.opaque;
}
