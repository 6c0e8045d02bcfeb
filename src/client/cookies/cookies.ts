// The jar of a session with `cookies: true`: tough-cookie, which knows RFC 6265 and the public suffixes. No other file imports it.
import type { Cookie, CookieJar as ToughJar } from 'tough-cookie';
import type { Clock } from '../../io/index.ts';

/** Keeps cookies. The `CookieJar` of tough-cookie is one, with whatever store it has. */
export interface CookieJar {
  /** The value of the Cookie field for a request to this URL; empty where there are none. */
  getCookieString(url: string): string | Promise<string>;
  /** Takes the value of one Set-Cookie line of a response from this URL. What it refuses, it may ignore or throw. */
  setCookie(line: string, url: string, options: { readonly ignoreError: true }): unknown;
}

/** Bytes of name and value of one cookie; longer ones are ignored (RFC 6265bis §5.7, which took it from the browsers). */
const MAX_COOKIE_BYTES = 4_096;

/** Cookies of one domain, as Chromium's kDomainMaxCookies; RFC 6265 §6.1 asks for 50. Beyond, those go that were unused for longest. */
const MAX_DOMAIN_COOKIES = 180;

const IGNORE_ERRORS = { ignoreError: true } as const;

/** Loads the package, which takes about as long as a few connections, and makes an empty jar. */
export async function openCookieJar(clock: Clock): Promise<CookieJar> {
  const tough = await import('tough-cookie');
  return new SessionJar(new tough.CookieJar(), (line) => tough.Cookie.parse(line), clock);
}

/** Everything at once, because its store is in memory, and by the clock of the session. */
class SessionJar implements CookieJar {
  readonly #jar: ToughJar;
  readonly #parse: (line: string) => Cookie | undefined;
  readonly #clock: Clock;

  constructor(jar: ToughJar, parse: (line: string) => Cookie | undefined, clock: Clock) {
    this.#jar = jar;
    this.#parse = parse;
    this.#clock = clock;
  }

  getCookieString(url: string): string {
    const nowMs = this.#clock.wallMs();
    const alive = this.#jar
      .getCookiesSync(url, { expire: false, sort: true })
      .filter((cookie) => !this.#dropExpired(cookie, nowMs));
    const now = new Date(nowMs);
    for (const cookie of alive) cookie.lastAccessed = now;
    return alive.map((cookie) => cookie.cookieString()).join('; ');
  }

  setCookie(line: string, url: string): void {
    const cookie = this.#parse(line);
    if (cookie === undefined || cookie.key.length + cookie.value.length > MAX_COOKIE_BYTES) return;
    const nowMs = this.#clock.wallMs();
    fixExpiry(cookie, nowMs);
    const stored = this.#jar.setCookieSync(cookie, url, { ...IGNORE_ERRORS, now: new Date(nowMs) });
    if (stored === undefined || this.#dropExpired(stored, nowMs)) return;
    this.#makeRoom(stored.domain, nowMs);
  }

  #makeRoom(domain: string | null, nowMs: number): void {
    // In memory, so that it answers within the call.
    this.#jar.store.findCookies(domain, null, true, (_error, found) => {
      const own = (found ?? []).filter((cookie) => cookie.domain === domain && !this.#dropExpired(cookie, nowMs));
      own.sort((left, right) => lastUseMs(left) - lastUseMs(right));
      for (const cookie of own.slice(0, Math.max(0, own.length - MAX_DOMAIN_COOKIES))) this.#drop(cookie);
    });
  }

  /** Whether it has expired, and is no longer there. */
  #dropExpired(cookie: Cookie, nowMs: number): boolean {
    const expiryMs = cookie.expiryTime();
    if (expiryMs === undefined || expiryMs > nowMs) return false;
    this.#drop(cookie);
    return true;
  }

  #drop(cookie: Cookie): void {
    this.#jar.store.removeCookie(cookie.domain, cookie.path, cookie.key, () => {});
  }
}

/**
 * RFC 6265 §5.3 step 3: Max-Age counts from when the cookie was received. The library counts from its last use, so a cookie that
 * is sent often enough would never expire.
 */
function fixExpiry(cookie: Cookie, nowMs: number): void {
  const { maxAge } = cookie;
  if (typeof maxAge !== 'number') return;
  cookie.maxAge = null;
  // Beyond what a Date can hold it is for ever.
  const expires = new Date(maxAge <= 0 ? 0 : nowMs + maxAge * 1_000);
  cookie.expires = Number.isNaN(expires.getTime()) ? 'Infinity' : expires;
}

function lastUseMs({ lastAccessed }: Cookie): number {
  return lastAccessed instanceof Date ? lastAccessed.getTime() : Infinity;
}
