// Words of a peer that repeat the password it was sent: an echo, a server of another protocol that quotes what it does not understand, a log
// line come back. They are not told.
import { formatBytes } from '../../../http/visible-bytes.ts';

/** Below this whatever is said may hold it by chance. Where only so much was left of it by a limit of length, too. */
const LEAST_CHARACTERS = 4;

/** Protocols and messages write one in front of what is special in them, and another in front of that. */
const withoutBackslashes = (text: string): string => text.replaceAll('\\', '');

/** Whether the text has the password in it, or ends in the beginning of it, as texts do that were cut. */
export function repeatsPassword(text: string, password: string | undefined): boolean {
  if (password === undefined) return false;
  const said = withoutBackslashes(text);
  const end = said.replace(/['"…]+$/, '');
  return [password, formatBytes(Buffer.from(password, 'utf8'))].map(withoutBackslashes).some((form) => {
    if (form.length < LEAST_CHARACTERS) return false;
    if (said.includes(form)) return true;
    for (let length = form.length - 1; length >= LEAST_CHARACTERS; length -= 1) {
      if (end.endsWith(form.slice(0, length))) return true;
    }
    return false;
  });
}
