// Redirects: what is decided, compared with what the global fetch of Node.js does over a socket, for a table of cases.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  BODY_FIELDS,
  decideRedirect,
  isRedirectStatus,
  MAX_REDIRECTS,
  ORIGIN_FIELDS,
  REDIRECT_REFUSALS,
} from '#src/client/request/redirect.js';
import type { RedirectDecision, RedirectFacts } from '#src/client/request/redirect.js';

/** Every request that reached a server. */
interface Arrival {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What an attempt to fetch comes to. */
type Result = { readonly last: Arrival; readonly status: number; readonly arrivals: number } | 'error';

const FIELDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(ORIGIN_FIELDS.filter((name) => name !== 'host').map((name) => [name, 'secret'])),
  // The length is that of the body, so only the other fields can be chosen.
  ...Object.fromEntries(BODY_FIELDS.filter((name) => name !== 'content-length').map((name) => [name, 'text/x'])),
  'x-kept': 'yes',
};

let redirect: { status: number; location: string | undefined };
let arrivals: Arrival[];
const servers: Server[] = [];
let near: string;
let far: string;

async function listen(): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      arrivals.push({ method, url, headers, body });
      const isStart = url.startsWith('/start') && !url.includes('there');
      if (isStart) response.statusCode = redirect.status;
      if (isStart && redirect.location !== undefined) response.setHeader('location', redirect.location);
      response.end();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const BODIES: Readonly<Record<RedirectFacts['body'], () => string | ReadableStream | undefined>> = {
  none: () => undefined,
  replayable: () => 'payload',
  oneShot: () => new Blob(['payload']).stream(),
};

async function fetchByNode(facts: RedirectFacts): Promise<Result> {
  arrivals = [];
  redirect = { status: facts.status, location: facts.location };
  const body = BODIES[facts.body]();
  try {
    const init: RequestInit & { duplex: 'half' } = {
      method: facts.method,
      headers: FIELDS,
      redirect: facts.mode,
      duplex: 'half',
      ...(body === undefined ? {} : { body }),
    };
    const response = await fetch(facts.url, init);
    await response.arrayBuffer();
    return { last: arrivals.at(-1)!, status: response.status, arrivals: arrivals.length };
  } catch {
    return 'error';
  }
}

/** Holds what Node.js did against a decision. */
function compare(decision: RedirectDecision, result: Result, facts: RedirectFacts): void {
  if (decision.action === 'error') {
    assert.equal(result, 'error');
    return;
  }
  assert.notEqual(result, 'error');
  const { last, status, arrivals: count } = result as Exclude<Result, 'error'>;
  if (decision.action === 'stop') {
    assert.deepEqual([count, status], [1, facts.status]);
    return;
  }
  assert.deepEqual([count, status, last.method], [2, 200, decision.method]);
  assert.equal(`http://${last.headers.host}${last.url}`, decision.url.href.replace(decision.url.hash, ''));
  assert.equal(last.body, decision.dropBody || facts.body === 'none' ? '' : 'payload');
  for (const name of Object.keys(FIELDS)) {
    const isDropped: boolean =
      (decision.dropBody && BODY_FIELDS.includes(name)) || (decision.dropCredentials && ORIGIN_FIELDS.includes(name));
    assert.equal(last.headers[name], isDropped ? undefined : FIELDS[name], name);
  }
  if (decision.dropBody) assert.equal(last.headers['content-length'] ?? '0', '0');
}

before(async () => {
  near = await listen();
  far = await listen();
});
after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

const factsOf = (some: Partial<RedirectFacts>): RedirectFacts => ({
  status: 302,
  location: '/there',
  method: 'GET',
  url: `${near}/start#fragment`,
  body: 'none',
  mode: 'follow',
  redirects: 0,
  ...some,
});

describe('decideRedirect does what the global fetch does', () => {
  for (const status of [200, 201, 300, 301, 302, 303, 304, 305, 306, 307, 308, 400]) {
    test(`for ${status}, with every method, body and origin`, async () => {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        for (const body of ['none', 'replayable', 'oneShot'] as const) {
          // A body of GET or HEAD is none of Fetch's.
          if (body !== 'none' && (method === 'GET' || method === 'HEAD')) continue;
          for (const location of ['/there?query', `${far}/there`]) {
            const facts = factsOf({ status, method, body, location });
            compare(decideRedirect(facts), await fetchByNode(facts), facts);
          }
        }
      }
    });
  }

  const locations: readonly (readonly [string, () => string | undefined])[] = [
    ['none', () => undefined],
    ['one relative to the folder', () => 'there'],
    ['a query alone', () => '?there'],
    ['one without scheme', () => far.slice('http:'.length)],
    ['dots', () => '/a/../there/./x'],
    ['a space', () => '/the re'],
    ['UTF-8 as it is', () => Buffer.from('/día', 'utf8').toString('latin1')],
    ['what is no URL', () => 'http://['],
    ['another scheme', () => 'ftp://127.0.0.1/'],
    ['a script', () => 'javascript:alert(1)'],
    ['data', () => 'data:,x'],
    ['a user and a password for another origin', () => `${far.replace('//', '//user:password@')}/there`],
    ['a user and a password for the same origin', () => `${near.replace('//', '//user:password@')}/there`],
    ['a user alone', () => `${near.replace('//', '//user@')}/there`],
  ];
  for (const [name, location] of locations) {
    test(`for ${name} in Location`, async () => {
      for (const mode of ['follow', 'error', 'manual'] as const) {
        const facts = factsOf({ location: location(), url: `${near}/start?query`, mode });
        compare(decideRedirect(facts), await fetchByNode(facts), facts);
      }
    });
  }

  test('in how many it follows', async () => {
    arrivals = [];
    redirect = { status: 302, location: '/start' };
    await assert.rejects(fetch(`${near}/start`));
    assert.equal(arrivals.length, MAX_REDIRECTS + 1);
    assert.equal(decideRedirect(factsOf({ redirects: MAX_REDIRECTS - 1 })).action, 'follow');
    assert.deepEqual(decideRedirect(factsOf({ redirects: MAX_REDIRECTS })), {
      action: 'error',
      reason: 'tooManyRedirects',
    });
    assert.match(REDIRECT_REFUSALS.tooManyRedirects, new RegExp(`^${MAX_REDIRECTS} `));
  });
});

describe('decideRedirect', () => {
  const follow = (some: Partial<RedirectFacts>): string => {
    const decision = decideRedirect({ ...factsOf(some), url: some.url ?? 'https://a.example/x/y?q#fragment' });
    assert.equal(decision.action, 'follow');
    return decision.action === 'follow' ? decision.url.href : '';
  };

  test('inherits the fragment unless the Location has one, even an empty one', () => {
    assert.equal(follow({ location: '/z' }), 'https://a.example/z#fragment');
    assert.equal(follow({ location: '/z#own' }), 'https://a.example/z#own');
    assert.equal(follow({ location: '/z#' }), 'https://a.example/z#');
    assert.equal(follow({ location: '/z', url: 'https://a.example/' }), 'https://a.example/z');
  });

  test('asks for the same URL again where Location is empty', () => {
    assert.equal(follow({ location: '' }), 'https://a.example/x/y?q#fragment');
  });

  test('takes another scheme or port of the same host for another origin', () => {
    const drops = (location: string): boolean => {
      const decision = decideRedirect(factsOf({ location, url: 'https://a.example/' }));
      return decision.action === 'follow' && decision.dropCredentials;
    };
    assert.equal(drops('http://a.example/'), true);
    assert.equal(drops('https://a.example:444/'), true);
    assert.equal(drops('https://b.a.example/'), true);
    assert.equal(drops('https://A.EXAMPLE:443/'), false);
  });

  test('gives the reason why it is an error', () => {
    const reasonOf = (some: Partial<RedirectFacts>): string => {
      const decision = decideRedirect(factsOf(some));
      return decision.action === 'error' ? decision.reason : decision.action;
    };
    assert.equal(reasonOf({ mode: 'error' }), 'redirectNotAllowed');
    assert.equal(reasonOf({ location: 'http://[' }), 'invalidLocation');
    assert.equal(reasonOf({ location: 'ws://a/' }), 'unsupportedScheme');
    assert.equal(reasonOf({ location: 'http://u@a/' }), 'credentialsInUrl');
    assert.equal(reasonOf({ body: 'oneShot', method: 'POST', status: 307 }), 'bodyNotReplayable');
  });

  test('knows the five statuses of Fetch', () => {
    const all = Array.from({ length: 500 }, (_, index) => index + 100);
    assert.deepEqual(all.filter(isRedirectStatus), [301, 302, 303, 307, 308]);
  });
});
