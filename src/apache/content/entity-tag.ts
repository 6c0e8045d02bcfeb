// FileETag: what of a file its entity tag is made of, and how that is inherited. Pure.
import type { FileStats } from '../files/file-lookup.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

const PARTS = { inode: 1, size: 2, mtime: 4, digest: 8 } as const;
const ALL = PARTS.inode | PARTS.size | PARTS.mtime;
const DEFAULT = PARTS.size | PARTS.mtime;

/** One FileETag, or several that were merged. `parts` undefined: nobody said anything but additions and removals. */
export interface EntityTagRule {
  readonly parts: number | undefined;
  /** None, and nothing was added to it since. */
  readonly none: boolean;
  readonly added: number;
  readonly removed: number;
}

export const NO_ENTITY_TAG_RULE: EntityTagRule = { parts: undefined, none: false, added: 0, removed: 0 };

/**
 * `before`: of a line before this one in the same section.
 *
 * @throws ConfigurationError in Apache's words
 */
export function parseEntityTagRule(
  words: readonly string[],
  before: EntityTagRule = NO_ENTITY_TAG_RULE,
): EntityTagRule {
  let rule = before;
  // A list makes an end of the list before it; additions and removals go on from there.
  let listed = false;
  for (const word of words) {
    const sign = word.startsWith('+') || word.startsWith('-') ? word[0] : '';
    const keyword = sign === '' ? word : word.slice(1);
    const lower = keyword.toLowerCase();
    if (lower === 'none' || lower === 'all') {
      if (sign !== '') {
        throw new ConfigurationError(
          `FileETag keyword '${lower === 'none' ? 'None' : 'All'}' cannot be used with '+' or '-'`,
        );
      }
      rule = { ...NO_ENTITY_TAG_RULE, parts: lower === 'all' ? ALL : 0, none: lower === 'none' };
      listed = true;
      continue;
    }
    if (!Object.hasOwn(PARTS, lower)) {
      throw new ConfigurationError(`Unknown keyword '${keyword}' for FileETag directive`);
    }
    const part = PARTS[lower as keyof typeof PARTS];
    if (sign === '+') rule = { ...rule, added: rule.added | part, removed: rule.removed & ~part };
    else if (sign === '-') rule = { ...rule, removed: rule.removed | part, added: rule.added & ~part };
    else {
      rule = { parts: (listed ? (rule.parts ?? 0) : 0) | part, none: false, added: 0, removed: 0 };
      listed = true;
    }
  }
  return rule;
}

/** The inner section's rule over the outer one's. What is added later makes an end of None. */
export function mergeEntityTagRules(base: EntityTagRule, over: EntityTagRule): EntityTagRule {
  if (over.parts !== undefined || over.none) {
    return { ...over, parts: ((over.parts ?? 0) | over.added) & ~over.removed };
  }
  const added = (base.added & ~over.removed) | over.added;
  const removed = (base.removed & ~over.added) | over.removed;
  const parts = base.parts === undefined && added === 0 ? undefined : ((base.parts ?? 0) | added) & ~removed;
  return { parts, none: base.none && added === 0, added, removed };
}

/** What a tag is made of; undefined: there is none. */
export function entityTagParts(rule: EntityTagRule): number | undefined {
  // A rule of the server itself was not merged with anything yet.
  const { parts, none } = mergeEntityTagRules(NO_ENTITY_TAG_RULE, rule);
  if (none) return undefined;
  return parts === undefined || parts === 0 ? DEFAULT : parts;
}

/** Whether a tag needs the file's content. */
export function needsDigest(parts: number): boolean {
  return (parts & PARTS.digest) !== 0;
}

/**
 * A tag out of what stat says. Weak while the file might still change within the same tick of a clock: Apache waits a second.
 */
export function formatEntityTag(parts: number, stats: FileStats, nowUs: number): string {
  const values: string[] = [];
  if ((parts & PARTS.inode) !== 0) values.push(stats.inode.toString(16));
  if ((parts & PARTS.size) !== 0) values.push(stats.sizeBytes.toString(16));
  if ((parts & PARTS.mtime) !== 0) values.push(formatHex(stats.modifiedUs));
  return `${nowUs - stats.modifiedUs > 1_000_000 ? '' : 'W/'}"${values.join('-')}"`;
}

/** Times before 1970 have 64 bits. */
function formatHex(value: number): string {
  return value < 0 ? BigInt.asUintN(64, BigInt(value)).toString(16) : value.toString(16);
}
