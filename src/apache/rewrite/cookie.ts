// [CO=name:value:domain:lifetime:path:secure:httponly:samesite]: a Set-Cookie field of RFC 6265 in the format of the old drafts, as Apache writes it. Pure.

/** What is to be sent, and the name that makes it be sent once only. */
export interface RewriteCookie {
  readonly name: string;
  readonly field: string;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (number: number): string => String(number).padStart(2, '0');

/** With hyphens: the format of Netscape. Empty for a time that no date can express. */
function formatCookieDate(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return '';
  const day = `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]!}-${String(date.getUTCFullYear()).padStart(4, '0')}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${DAYS[date.getUTCDay()]!}, ${day} ${time} GMT`;
}

function says(word: string | undefined, name: string): boolean {
  if (word === undefined) return false;
  return word === '1' || word.toLowerCase() === 'true' || word.toLowerCase() === name;
}

/** `text`: the flag's value, filled in. Undefined where name, value or domain are missing: such a flag has no effect. */
export function planCookie(text: string, requestMs: number): RewriteCookie | undefined {
  // A semicolon in front separates the parts in place of colons. Empty parts do not count, as strtok has it.
  const separator = text.startsWith(';') ? ';' : ':';
  const parts = text.split(separator).filter((part) => part !== '');
  const [name, value, domain, lifetime, path = '/', secure, httpOnly, sameSite] = parts;
  if (name === undefined || value === undefined || domain === undefined) return undefined;
  let field = `${name}=${value}; path=${path}; domain=${domain}`;
  const minutes = lifetime === undefined ? 0 : Number.parseInt(lifetime, 10) || 0;
  const expires = minutes === 0 ? '' : formatCookieDate(requestMs + minutes * 60_000);
  if (expires !== '') field += `; expires=${expires}`;
  // Apache leaves HttpOnly out where the cookie is not secure.
  if (says(secure, 'secure')) field += says(httpOnly, 'httponly') ? '; secure; HttpOnly' : '; secure';
  if (sameSite !== undefined && sameSite !== '0' && sameSite.toLowerCase() !== 'false')
    field += `; SameSite=${sameSite}`;
  return { name, field };
}
