// The cookies of a session on their way: from the jar into requests, and from responses into the jar before anybody hears of them.
import { OptionError } from '../../errors.ts';
import { isFieldValue } from '../../http/tokens.ts';
import type { Clock } from '../../io/index.ts';
import type { FieldLines } from '../../wire/index.ts';
import { openCookieJar } from './cookies.ts';
import type { CookieJar } from './cookies.ts';
import type { OutgoingRequest } from '../request/outgoing-request.ts';
import type { Delivery } from '../pending-request.ts';
import { isThenable } from '../../thenable.ts';

/** See the head of the file. */
export class SessionCookies {
  /** Undefined while it is loaded. */
  #jar: CookieJar | undefined;
  /** What the next request waits for: the jar itself, or cookies on their way into one that takes its time. */
  #busy: Promise<void> | undefined;
  /** Requests that wait for their cookies. */
  readonly #waiting: Set<Promise<unknown>> = new Set();

  /** `true` is a jar of its own, in memory. Its library is loaded now, so that it is there at the first request. */
  constructor(jar: true | CookieJar, clock: Clock) {
    if (jar !== true) {
      this.#jar = jar;
      return;
    }
    this.#wait(
      openCookieJar(clock).then((opened) => {
        this.#jar = opened;
      }),
    );
  }

  /**
   * The request with its cookies. One that has a Cookie field keeps it as it is: whoever writes one wants to decide about it,
   * and two are not allowed (RFC 6265 §5.4). Fails only as a promise.
   */
  attach(outgoing: OutgoingRequest): OutgoingRequest | Promise<OutgoingRequest> {
    if (outgoing.fieldLines.includes('\r\ncookie:')) return outgoing;
    let attached: Promise<OutgoingRequest>;
    try {
      const text = this.#busy === undefined ? this.#jar!.getCookieString(outgoing.url) : this.#readLater(outgoing.url);
      if (!isThenable(text)) return withCookies(outgoing, text);
      attached = Promise.resolve(text).then((cookies) => withCookies(outgoing, cookies));
    } catch (error) {
      attached = Promise.reject(error);
    }
    this.#waiting.add(attached);
    const forget = (): void => void this.#waiting.delete(attached);
    attached.then(forget, forget);
    return attached;
  }

  /** Delivers as `deliver` does; what is delivered is there once the cookies of the response are in the jar. */
  keeping(deliver: Delivery): Delivery {
    return (request, head, body, connection) => {
      this.#take(head.lines, request.outgoing.url);
      const delivered = deliver(request, head, body, connection);
      return this.#busy === undefined ? delivered : Promise.all([delivered, this.#busy]).then(([result]) => result);
    };
  }

  /** Resolves once no request waits for its cookies any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#waiting);
  }

  async #readLater(url: string): Promise<string> {
    // What came into the jar meanwhile may take its time, too.
    while (this.#busy !== undefined) await this.#busy;
    return this.#jar!.getCookieString(url);
  }

  #take(lines: FieldLines, url: string): void {
    for (let index = 0; index < lines.count; index += 1) {
      if (!lines.isNamed(index, 'set-cookie')) continue;
      const line = lines.value(index);
      if (this.#busy === undefined) this.#wait(this.#put(line, url));
      // One after the other: the last one of a name is the one that counts.
      else this.#wait(this.#busy.then(() => this.#put(line, url)));
    }
  }

  /** A cookie that the jar refuses is not a failure of the response that it came with. */
  #put(line: string, url: string): Promise<void> | undefined {
    try {
      const stored = this.#jar!.setCookie(line, url, { ignoreError: true });
      return isThenable(stored) ? Promise.resolve(stored).then(ignore, ignore) : undefined;
    } catch {
      return undefined;
    }
  }

  #wait(work: Promise<void> | undefined): void {
    if (work === undefined) return;
    this.#busy = work;
    const settle = (): void => {
      if (this.#busy === work) this.#busy = undefined;
    };
    // Where the library cannot be loaded, every request says so.
    work.then(settle, ignore);
  }
}

function ignore(): void {}

/** The jar may have cookies that no server of ours has set, so what it says is checked as the caller's fields are. */
function withCookies(outgoing: OutgoingRequest, text: string): OutgoingRequest {
  if (text === '') return outgoing;
  if (typeof text !== 'string' || !isFieldValue(text)) {
    throw new OptionError('cookies', `gave a Cookie field for ${outgoing.url} that cannot be sent`);
  }
  return { ...outgoing, fieldLines: `${outgoing.fieldLines}cookie: ${text}\r\n` };
}
