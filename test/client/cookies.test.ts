// What a session with cookies sends, and what it keeps: in memory, by a clock that the test moves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { CookieJar as ToughJar } from 'tough-cookie';
import { OptionError } from '#src/errors.js';
import type { CookieJar } from '#src/client/options.js';
import type { SessionResponse } from '#src/client/response/session-response.js';
import { answeringPeer, ok, respond } from './answering-peer.ts';
import type { Answerer, PeerRequest } from './answering-peer.ts';
import { DrivenSession } from './driven-session.ts';
import type { DrivenOptions } from './driven-session.ts';

/** A session that keeps cookies, and what its server saw. */
class CookieSession extends DrivenSession {
  readonly requests: PeerRequest[];

  constructor(answer: Answerer, options: DrivenOptions = {}) {
    const requests: PeerRequest[] = [];
    super(answeringPeer(answer, requests), { cookies: true, ...options });
    this.requests = requests;
  }

  /** The Cookie field of every request so far. */
  get sent(): (string | undefined)[] {
    return this.requests.map((request) => request.field('cookie'));
  }

  async ask(url: string, options: { readonly headers?: Record<string, string> } = {}): Promise<SessionResponse> {
    const response = this.session.request(url, options);
    response.catch(() => {});
    await this.settle();
    return response;
  }
}

/** Answers the first request with these lines, and the others without any. */
function once(...lines: string[]): Answerer {
  let isFirst = true;
  return () => {
    const response = isFirst ? ok(...lines) : ok();
    isFirst = false;
    return response;
  };
}

/** What the second URL is sent, after the first has answered with the line. */
async function cookieFor(line: string, from: string, to: string): Promise<string | undefined> {
  const driven = new CookieSession(once(`Set-Cookie: ${line}`));
  await driven.ask(from);
  await driven.ask(to);
  return driven.sent[1];
}

describe('a session that keeps cookies', () => {
  test('sends what was set with the next request, and says each name once', async () => {
    const driven = new CookieSession(
      once('Set-Cookie: a=1', 'X: y', 'set-cookie: b="2 3"; HttpOnly', 'Set-Cookie: a=4'),
    );
    await driven.ask('/');
    await driven.ask('/');
    assert.deepEqual(driven.sent, [undefined, 'a=4; b="2 3"']);
  });

  test('has a cookie for the next request before the body of its response has ended', async () => {
    const driven = new CookieSession(({ target }) =>
      target === '/slow' ? 'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 5\r\n\r\n12' : ok(),
    );
    await driven.ask('/slow');
    await driven.ask('/');
    assert.deepEqual(
      driven.requests.map((request) => [request.connection, request.field('cookie')]),
      [
        [1, undefined],
        [2, 'a=1'],
      ],
    );
  });

  test('sends the cookies in the bytes in which they came', async () => {
    const value = Buffer.from('ñ€').toString('latin1');
    assert.equal(await cookieFor(`a=${value}`, '/', '/'), `a=${value}`);
  });

  test('takes no cookie from an interim response', async () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nSet-Cookie: early=1\r\n\r\n';
    const driven = new CookieSession(() => early + ok('Set-Cookie: final=1'));
    await driven.ask('/');
    await driven.ask('/');
    assert.deepEqual(driven.sent, [undefined, 'final=1']);
  });

  test('takes cookies from every status', async () => {
    for (const status of [201, 304, 404, 503]) {
      const driven = new CookieSession(() => respond(status, 'Set-Cookie: a=1'));
      await driven.ask('/');
      await driven.ask('/');
      assert.deepEqual(driven.sent, [undefined, 'a=1'], String(status));
    }
  });

  test('delivers the response whatever is wrong with its cookies', async () => {
    const bad = [
      '',
      '=',
      ';',
      'a',
      ' ; x',
      'a=1; Domain=com',
      'a=1; Domain=other.example',
      '__Host-a=1; Path=/x',
      '=;=',
    ];
    const driven = new CookieSession(once(...bad.map((line) => `Set-Cookie: ${line}`), 'Set-Cookie: good=1'));
    assert.equal((await driven.ask('/')).status, 200);
    await driven.ask('/');
    assert.deepEqual(driven.sent, [undefined, 'good=1']);
  });

  test('keeps none that is too long, and of one host the 180 that were used last', async () => {
    const long = `a=${'x'.repeat(4_096)}`;
    const many = Array.from({ length: 181 }, (_, index) => `Set-Cookie: c${index}=1`);
    const answers = [
      ok(`Set-Cookie: ${long}`, `Set-Cookie: ${long.slice(1)}`, ...many.slice(0, 100)),
      ok(),
      ok(...many.slice(100)),
    ];
    const driven = new CookieSession(() => answers.shift() ?? ok());
    await driven.ask('/');
    await driven.advance(1_000);
    await driven.ask('/');
    await driven.advance(1_000);
    await driven.ask('/');
    await driven.ask('/');
    assert.equal(driven.sent[1]?.split('; ').length, 100);
    const names = driven.sent[3]?.split('; ') ?? [];
    assert.equal(names.length, 180);
    assert.ok(names.includes('c180=1') && names.includes('c100=1'));
  });

  test('loads the library only where cookies are kept', () => {
    // Compiled, this file is build/test/client/cookies.test.js.
    const built = readFileSync(path.resolve(import.meta.dirname, '../../../dist/client/cookies/cookies.js'), 'utf8');
    assert.doesNotMatch(built, /^import .*tough-cookie/m);
    assert.match(built, /await import\('tough-cookie'\)/);
  });
});

describe('a session that keeps no cookies', () => {
  test('sends none', async () => {
    const driven = new CookieSession(() => ok('Set-Cookie: a=1'), { cookies: false });
    await driven.ask('/');
    await driven.ask('/', { headers: { Cookie: 'own=1' } });
    await driven.ask('/');
    assert.deepEqual(driven.sent, [undefined, 'own=1', undefined]);
  });
});

describe('a cookie is sent', () => {
  for (const [what, line, from, to, expected] of [
    ['to its host', 'a=1', 'http://x.test/', 'http://x.test/', 'a=1'],
    ['to any port of it', 'a=1', 'http://x.test:81/', 'http://x.test:82/', 'a=1'],
    ['to an address', 'a=1', 'http://[::1]/', 'http://[::1]/', 'a=1'],
    ['not to a subdomain', 'a=1', 'http://x.test/', 'http://y.x.test/', undefined],
    ['to a subdomain where it says so', 'a=1; Domain=x.test', 'http://x.test/', 'http://y.x.test/', 'a=1'],
    ['not to all hosts of a public suffix', 'a=1; Domain=co.uk', 'http://x.co.uk/', 'http://y.co.uk/', undefined],
    ['not to another host', 'a=1; Domain=y.test', 'http://x.test/', 'http://y.test/', undefined],
    ['below its path', 'a=1; Path=/p', 'http://x.test/', 'http://x.test/p/q', 'a=1'],
    ['not beside its path', 'a=1; Path=/p', 'http://x.test/', 'http://x.test/pq', undefined],
    ['below the folder that set it', 'a=1', 'http://x.test/p/q', 'http://x.test/p/r', 'a=1'],
    ['not above the folder that set it', 'a=1', 'http://x.test/p/q', 'http://x.test/', undefined],
    ['over TLS where it is Secure', 'a=1; Secure', 'https://x.test/', 'https://x.test/', 'a=1'],
    ['not without TLS where it is Secure', 'a=1; Secure', 'https://x.test/', 'http://x.test/', undefined],
    ['where it is HttpOnly', 'a=1; HttpOnly', 'http://x.test/', 'http://x.test/', 'a=1'],
    ['whatever SameSite says, without pages', 'a=1; SameSite=Strict', 'http://x.test/', 'http://x.test/', 'a=1'],
  ] as const) {
    test(what, async () => {
      assert.equal(await cookieFor(line, from, to), expected);
    });
  }

  test('until its Max-Age has passed since it was set, however often it is used', async () => {
    const driven = new CookieSession(once('Set-Cookie: a=1; Max-Age=10', 'Set-Cookie: b=1'));
    await driven.ask('/');
    for (let second = 0; second < 3; second += 1) {
      await driven.advance(4_000);
      await driven.ask('/');
    }
    assert.deepEqual(driven.sent, [undefined, 'a=1; b=1', 'a=1; b=1', 'b=1']);
  });

  test('until Expires, by the wall clock of the session', async () => {
    const driven = new CookieSession(() => ok());
    const expires = new Date(driven.clock.wallMs() + 5_000).toUTCString();
    const setting = new CookieSession(once(`Set-Cookie: a=1; Expires=${expires}`));
    await setting.ask('/');
    await setting.advance(3_000);
    await setting.ask('/');
    await setting.advance(3_000);
    await setting.ask('/');
    assert.deepEqual(setting.sent, [undefined, 'a=1', undefined]);
  });

  test('until the server takes it back', async () => {
    for (const end of ['Max-Age=0', 'Max-Age=-1', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT']) {
      const answers = [ok('Set-Cookie: a=1'), ok(`Set-Cookie: a=; ${end}`)];
      const driven = new CookieSession(() => answers.shift() ?? ok());
      for (let request = 0; request < 3; request += 1) await driven.ask('/');
      assert.deepEqual(driven.sent, [undefined, 'a=1', undefined], end);
    }
  });

  test('for ever where Max-Age is beyond what a date can be', async () => {
    const driven = new CookieSession(once(`Set-Cookie: a=1; Max-Age=${'9'.repeat(15)}`));
    await driven.ask('/');
    await driven.advance(1e9);
    await driven.ask('/');
    assert.deepEqual(driven.sent, [undefined, 'a=1']);
  });
});

describe('a Cookie field of the request', () => {
  test('is sent alone, and the jar still takes what the response sets', async () => {
    const driven = new CookieSession(() => ok('Set-Cookie: a=1'));
    await driven.ask('/', { headers: { COOKIE: 'own=1' } });
    await driven.ask('/', { headers: { Cookie: 'own=2' } });
    await driven.ask('/');
    assert.deepEqual(driven.sent, ['own=1', 'own=2', 'a=1']);
  });

  test('goes along with a redirect to the same origin, and to another one the jar speaks', async () => {
    const driven = new CookieSession(({ target }) => {
      if (target === '/') return respond(302, 'Location: /there', 'Set-Cookie: a=1; Domain=origin.test');
      return target === '/there' ? respond(302, 'Location: http://sub.origin.test/end') : ok();
    });
    const response = driven.session.fetch('/', { headers: { cookie: 'own=1' } });
    await driven.settle();
    assert.equal((await response).url, 'http://sub.origin.test/end');
    assert.deepEqual(driven.sent, ['own=1', 'own=1', 'a=1']);
  });
});

describe('a redirect', () => {
  test('is followed with the cookies that it set', async () => {
    const driven = new CookieSession(({ target }) =>
      target === '/login' ? respond(302, 'Location: /', 'Set-Cookie: id=1') : ok(),
    );
    const response = driven.session.fetch('/login', { method: 'POST', body: 'x' });
    await driven.settle();
    assert.equal((await response).status, 200);
    assert.deepEqual(driven.sent, [undefined, 'id=1']);
  });

  test('takes no cookie of the jar to another origin, and none twice', async () => {
    const driven = new CookieSession(({ target }) => {
      if (target === '/set') return ok('Set-Cookie: a=1');
      if (target === '/start') return respond(307, 'Location: /again');
      return target === '/again' ? respond(307, 'Location: http://other.test/') : ok();
    });
    await driven.ask('/set');
    const response = driven.session.fetch('/start');
    await driven.settle();
    await response;
    assert.deepEqual(driven.sent, [undefined, 'a=1', 'a=1', undefined]);
  });
});

/** A jar that does nothing before it is told to. */
class SlowJar implements CookieJar {
  readonly log: string[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #cookies: string[] = [];

  async getCookieString(url: string): Promise<string> {
    this.log.push(`get ${url}`);
    await this.#turn();
    return this.#cookies.join('; ');
  }

  async setCookie(line: string): Promise<void> {
    this.log.push(`set ${line}`);
    await this.#turn();
    this.#cookies.push(line);
    if (line === 'bad=1') throw new Error('refused');
  }

  step(): void {
    this.#waiting.shift()?.();
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

describe('a jar that was given', () => {
  test('may be one of tough-cookie, and be shared', async () => {
    const cookies = new ToughJar();
    const first = new CookieSession(once('Set-Cookie: a=1', 'Set-Cookie: b'), { cookies });
    const second = new CookieSession(() => ok(), { cookies });
    await first.ask('/');
    await second.ask('/');
    assert.deepEqual(second.sent, ['a=1']);
    assert.equal(await cookies.getCookieString('http://origin.test/'), 'a=1');
  });

  test('may take its time: a response is delivered, and a request sent, once it is done', async () => {
    const jar = new SlowJar();
    const driven = new CookieSession(once('Set-Cookie: a=1', 'Set-Cookie: bad=1'), { cookies: jar });
    let delivered = 0;
    const request = (): void => void driven.session.request('/').then(() => (delivered += 1));
    const step = async (): Promise<void> => {
      jar.step();
      await driven.settle();
    };
    request();
    await driven.settle();
    assert.deepEqual(driven.sent, []);
    await step();
    assert.deepEqual(driven.sent, [undefined]);
    request();
    await step();
    assert.equal(delivered, 0);
    assert.deepEqual(jar.log, ['get http://origin.test/', 'set a=1', 'set bad=1']);
    await step();
    assert.equal(delivered, 1);
    await step();
    assert.deepEqual(driven.sent, [undefined, 'a=1; bad=1']);
    assert.equal(delivered, 2);
  });

  test('is waited for when the session is closed, by the requests that were accepted', async () => {
    const jar = new SlowJar();
    const driven = new CookieSession(() => ok(), { cookies: jar });
    const response = driven.session.request('/');
    const closed = driven.session.close();
    await driven.settle();
    jar.step();
    await driven.settle();
    assert.equal((await response).status, 200);
    await closed;
    await assert.rejects(driven.session.request('/'), { code: 'ERR_PERDURA_POOL' });
  });

  test('fails the request where it fails, and gives up the body', async () => {
    const failure = new Error('the store is gone');
    const jar: CookieJar = { getCookieString: () => Promise.reject(failure), setCookie() {} };
    const driven = new CookieSession(() => ok(), { cookies: jar });
    let cancelled = false;
    const body = new ReadableStream({
      cancel() {
        cancelled = true;
      },
    });
    await assert.rejects(driven.session.request('/', { method: 'POST', body }), failure);
    assert.ok(cancelled);
    assert.equal(driven.session.stats().failures, 1);
    assert.deepEqual(driven.log, []);
  });

  test('fails the request where it says what cannot be sent', async () => {
    for (const text of ['a=\r\nX: y', 'a=\0', 'a=€', 5 as never]) {
      for (const getCookieString of [() => text, () => Promise.resolve(text)]) {
        const driven = new CookieSession(() => ok(), { cookies: { getCookieString, setCookie() {} } });
        await assert.rejects(
          driven.session.request('/'),
          (error) => error instanceof OptionError && error.option === 'cookies',
        );
        await assert.rejects(driven.session.fetch('/'), OptionError);
        assert.equal(driven.session.stats().failures, 2);
      }
    }
  });

  test('does not fail the response where it throws at a cookie', async () => {
    const jar: CookieJar = {
      getCookieString: () => '',
      setCookie() {
        throw new Error('refused');
      },
    };
    const driven = new CookieSession(() => ok('Set-Cookie: a=1'), { cookies: jar });
    assert.equal((await driven.ask('/')).status, 200);
  });
});
