// Calls of a session that cannot be meant: what they reject with says what is wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '#src/client/index.js';
import { OptionError } from '#src/errors.js';

type Call = (session: Session) => Promise<unknown>;

const CALLS: readonly (readonly [string, Call, RegExp])[] = [
  ['request() of nothing', (session) => session.request(undefined as never), /^url: is undefined/],
  ['request() of null', (session) => session.request(null as never), /^url: is null/],
  ['request() of a number', (session) => session.request(5 as never), /^url: is 5/],
  ['request() with a number as options', (session) => session.request('/', 5 as never), /^options: is 5/],
  ['request() with text as options', (session) => session.request('/', 'POST' as never), /^options: is 'POST'/],
  ['preconnect() of no number', (session) => session.preconnect('/', Number.NaN), /^count: is NaN/],
  ['preconnect() of a negative number', (session) => session.preconnect('/', -1), /^count: is -1/],
  ['preconnect() without bounds', (session) => session.preconnect('/', Infinity), /^count: is Infinity/],
];

for (const [name, call, message] of CALLS) {
  test(`${name} rejects with an OptionError that names what is wrong`, async () => {
    await using session = new Session({ baseUrl: 'http://127.0.0.1:1' });
    await assert.rejects(call(session), (error) => error instanceof OptionError && message.test(error.message));
  });
}
