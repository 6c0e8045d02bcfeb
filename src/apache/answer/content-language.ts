// The Content-Language field (RFC 9110 §8.5): what is known of the content, and what a module wrote into the field itself.
import type { ApacheRequest } from '../request/apache-request.ts';

/** Undefined where nothing is known of the content: the field stays as it is. `field`: what is in it, its first line. */
export function contentLanguageField(
  { contentLanguages }: ApacheRequest,
  field: string | undefined,
): string | undefined {
  if (contentLanguages.length === 0) return undefined;
  if (field === undefined) return contentLanguages.join(',');
  const languages = [...contentLanguages];
  const known = new Set(contentLanguages.map((language) => language.toLowerCase()));
  for (const item of listItems(field)) {
    if (known.has(item.toLowerCase())) continue;
    known.add(item.toLowerCase());
    languages.push(item);
  }
  return languages.join(',');
}

/** As Apache reads a list: in lower case and without needless spaces, but for what is in quotes or comments. */
function listItems(field: string): string[] {
  const items: string[] = [];
  let item = '';
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < field.length; at += 1) {
    const character = field[at]!;
    if (character === '\\' && at + 1 < field.length) {
      at += 1;
      item += character + field[at]!;
    } else if (quoted || depth > 0) {
      if (character === '"' && depth === 0) quoted = false;
      else if (character === '(' && !quoted) depth += 1;
      else if (character === ')' && !quoted) depth -= 1;
      item += character;
    } else if (character === ',') {
      if (item !== '') items.push(item.trimEnd());
      item = '';
    } else if (character === ' ' || character === '\t') {
      if (item !== '' && !/[ ;=]$/.test(item)) item += ' ';
    } else {
      if (character === '"') quoted = true;
      else if (character === '(') depth += 1;
      if (character === ';' || character === '=') item = item.trimEnd();
      item += character.toLowerCase();
    }
  }
  // What is never closed is kept as it stands.
  if (item !== '') items.push(quoted || depth > 0 ? item : item.trimEnd());
  return items;
}
