// From the URL of a call to where it goes and what stands in its request line (RFC 9112 §3.2): parsed once, remembered for a while.
import { OptionError } from '../../errors.ts';
import { parseHost } from '../../http/host.ts';
import { parseOrigin } from '../../http/origin.ts';
import type { Origin, OriginParts } from '../../http/origin.ts';
import { formatBasic } from '../../http/basic-credentials.ts';

/** What a URL says. */
export interface RequestTarget {
  readonly origin: OriginParts;
  /** Origin-form: path and query. */
  readonly target: string;
  /** Absolute, without fragment, user and password. */
  readonly url: string;
  /** The Host line, CR LF included. */
  readonly hostLine: string;
  /** What user and password in the URL are sent as (RFC 7617); undefined where it has neither. */
  readonly authorization: string | undefined;
}

/** URLs that are remembered. A program asks for few again and again, or for ever new ones, which fill the table and are dropped. */
const MAX_TARGETS = 256;

/** Longer ones cost memory and are seldom asked for twice. */
const MAX_TEXT_LENGTH = 1_024;

/** Read once: on globalThis it is a getter. */
const StandardURL = URL;

interface KnownOrigin {
  readonly parts: OriginParts;
  readonly hostLine: string;
  /** What every URL of the origin begins with, unless it has a user or a password. */
  readonly prefix: string;
}

/** Resolves the URLs of one session. */
export class TargetResolver {
  readonly #baseUrl: string | undefined;
  readonly #targets = new Map<string, RequestTarget>();
  readonly #origins = new Map<Origin, KnownOrigin>();
  /** Most requests go where the one before went. */
  #last: KnownOrigin | undefined;

  constructor(baseUrl: URL | undefined) {
    this.#baseUrl = baseUrl?.href;
  }

  /**
   * Parses an absolute URL, or one that is relative to the base. Fragments are dropped: they are never sent (RFC 9110 §4.2.5).
   * Throws an OptionError `url` for what is no URL, or not one of http and https.
   */
  resolve(url: string | URL): RequestTarget {
    const text = typeof url === 'string' ? url : toText(url);
    return this.#targets.get(text) ?? this.#parse(text);
  }

  /** The server as a whole, `OPTIONS *` (RFC 9112 §3.2.4), at the base URL's origin. */
  asterisk(): RequestTarget {
    if (this.#baseUrl === undefined) throw new OptionError('url', "is '*', which needs a baseUrl: it names no server");
    const target = this.resolve('/');
    // RFC 9112 §3.3: the URI of this form has no path.
    return { ...target, target: '*', url: target.origin.origin };
  }

  #parse(text: string): RequestTarget {
    const url = parseUrl(text, this.#baseUrl);
    const { href } = url;
    const { parts, hostLine, prefix } =
      this.#last !== undefined && href.startsWith(this.#last.prefix) ? this.#last : this.#originOf(url);
    const isPlain = href.startsWith(prefix);
    const fragment = href.indexOf('#');
    // Cut out rather than put together: `search` does not tell `/x?` from `/x`, which are two resources (RFC 3986 §6.2.3).
    const pathStart = isPlain ? prefix.length - 1 : href.indexOf('/', `${parts.scheme}://`.length);
    const target = href.slice(pathStart, fragment === -1 ? undefined : fragment);
    if (!isPlain) {
      // Only user and password can stand in between. They are neither shown nor remembered.
      return { origin: parts, target, url: parts.origin + target, hostLine, authorization: formatBasic(url, 'url') };
    }
    const parsed = { origin: parts, target, url: parts.origin + target, hostLine, authorization: undefined };
    if (text.length <= MAX_TEXT_LENGTH) this.#remember(text === href ? href : copyText(text), parsed);
    return parsed;
  }

  #originOf(url: URL): KnownOrigin {
    const known = this.#origins.get(url.origin as Origin);
    if (known !== undefined) {
      this.#last = known;
      return known;
    }
    const parts = parseOrigin(url);
    if (parts === undefined) {
      throw new OptionError('url', `has the scheme '${url.protocol}', it must be http: or https:`);
    }
    const authority = parts.origin.slice(parts.scheme.length + '://'.length);
    // URLs allow characters in names that neither DNS nor the grammar of Host has (RFC 9110 §7.2).
    if (parseHost(authority) === undefined) throw new OptionError('url', `has the host '${authority}', which is none`);
    const origin = { parts, hostLine: `Host: ${authority}\r\n`, prefix: `${parts.origin}/` };
    if (this.#origins.size >= MAX_TARGETS) this.#origins.clear();
    this.#origins.set(parts.origin, origin);
    this.#last = origin;
    return origin;
  }

  #remember(text: string, target: RequestTarget): void {
    if (this.#targets.size >= MAX_TARGETS) this.#targets.clear();
    this.#targets.set(text, target);
  }
}

/** A URL that was cut out of a page would keep the whole page in memory. */
function copyText(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

function toText(url: unknown): string {
  // Other realms and polyfills have their own URL class; all of them have an href.
  const href = url instanceof StandardURL ? url.href : (url as { href?: unknown } | null | undefined)?.href;
  if (typeof href === 'string') return href;
  throw new OptionError('url', `is ${url === null ? 'null' : typeof url}, it must be text or a URL`);
}

function parseUrl(text: string, baseUrl: string | undefined): URL {
  try {
    return new StandardURL(text, baseUrl);
  } catch {
    if (baseUrl === undefined && StandardURL.canParse(text, 'http://base/')) {
      throw new OptionError(
        'url',
        `'${redact(text)}' is relative: give an absolute URL, or the session a baseUrl to resolve it against`,
      );
    }
    throw new OptionError('url', `'${redact(text)}' is no valid URL`);
  }
}

/** Everything up to the last `@` may be a password, and errors end up in logs. */
function redact(text: string): string {
  const at = text.lastIndexOf('@');
  const shown = at === -1 ? text : `…${text.slice(at)}`;
  return shown.length <= 200 ? shown : `${shown.slice(0, 200)}…`;
}
