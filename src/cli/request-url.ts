// The URL argument as people type it: the scheme may be missing, as curl has it; user and password become a field.
import { CommandError, EXIT_CODES } from './exit-code.ts';

/** A URL that can be asked for. */
export interface RequestUrl {
  /** Absolute, without user, password and fragment. */
  readonly url: string;
  /** What user and password are sent as (RFC 7617); undefined where there are none. */
  readonly authorization: string | undefined;
}

/** @throws CommandError for what is no URL of http or https. It is not commander's error, which would repeat a password. */
export function parseRequestUrl(typed: string): RequestUrl {
  const text = typed.trim();
  const absolute = /^[a-z][\w+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (text === '' || text.startsWith('/') || !URL.canParse(absolute)) {
    throw usage(text, 'is no URL; write one such as http://localhost:8080/path.');
  }
  const url = new URL(absolute);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw usage(text, `has the scheme ${url.protocol}, it must be http: or https:.`);
  }
  const authorization = url.username === '' && url.password === '' ? undefined : formatBasic(url);
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url: url.href, authorization };
}

/** Everything up to the last `@` may be a password, and what is printed ends up in logs. */
function usage(text: string, problem: string): CommandError {
  const at = text.lastIndexOf('@');
  return new CommandError(EXIT_CODES.usage, `'${at === -1 ? text : `…${text.slice(at)}`}' ${problem}`);
}

function formatBasic({ username, password }: URL): string {
  const credentials = Buffer.from(`${decode(username)}:${decode(password)}`, 'utf8');
  return `Basic ${credentials.toString('base64')}`;
}

/** The octets that percent-encoding stands for; what is no such encoding is meant as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
