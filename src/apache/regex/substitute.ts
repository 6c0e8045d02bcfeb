// Puts what an expression matched into a template: the `$1` of RedirectMatch, AliasMatch, SetEnvIf, Header edit and their like.
import { MatchLimitError } from './match-budget.ts';
import type { Match } from './pattern.ts';

/** What Apache allows such a text to become (AP_PREGSUB_MAXLEN). */
export const MAX_SUBSTITUTION_BYTES = 65_536;

/**
 * `$0` to `$9`, empty for groups that took no part; a backslash makes the next byte plain. Nothing else is special: neither `&` nor `${10}`.
 * RewriteRule has more than that, and rules of its own.
 *
 * @throws MatchLimitError where the result is longer than `maxBytes`.
 */
export function substitute(template: string, match: Match, maxBytes: number = MAX_SUBSTITUTION_BYTES): string {
  let result = '';
  for (let at = 0; at < template.length; at += 1) {
    const byte = template.charCodeAt(at);
    const next = template.charCodeAt(at + 1);
    if (byte === 0x24 && next >= 0x30 && next <= 0x39) {
      result += match.group(next - 0x30) ?? '';
      at += 1;
    } else if (byte === 0x5c && at + 1 < template.length) {
      result += template.charAt(at + 1);
      at += 1;
    } else result += template.charAt(at);
    if (result.length > maxBytes)
      throw new MatchLimitError('memory', `a substitution became longer than the ${maxBytes} bytes that it may have`);
  }
  return result;
}
