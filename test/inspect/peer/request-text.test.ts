// Requests as text: what every request has, and what a check may vary.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Headers } from '#src/http/index.js';
import { formatRequest } from '#src/inspect/peer/request-text.js';
import { parseTarget } from '#src/inspect/target.js';

describe('formatRequest', () => {
  test('a plain request says for whom it is, who asks, and what is accepted', () => {
    assert.equal(
      formatRequest(parseTarget('http://user.example:8080/a%20b?c#d'), new Headers()),
      'GET /a%20b?c HTTP/1.1\r\nHost: user.example:8080\r\n' +
        'User-Agent: perdura-check (measures persistent connections)\r\nAccept: */*\r\n\r\n',
    );
  });

  test('the default port is not told, and IPv6 has brackets', () => {
    assert.match(formatRequest(parseTarget('https://[::1]:443/'), new Headers()), /\r\nHost: \[::1\]\r\n/);
  });

  test('fields of the user are sent, and replace those that every request has', () => {
    const headers = new Headers({ 'user-agent': 'mine', accept: 'text/html', 'x-a': 'b' });
    const text = formatRequest(parseTarget('http://a.example/'), headers);
    assert.equal(text.match(/^user-agent:/gim)?.length, 1);
    assert.equal(text.match(/^accept:/gim)?.length, 1);
    assert.match(text, /user-agent: mine\r\n/i);
    assert.match(text, /x-a: b\r\n/i);
  });

  test('a check varies the method, the path, the version, field lines and what follows the head', () => {
    const text = formatRequest(parseTarget('http://a.example/'), new Headers(), {
      method: 'POST',
      path: '/b',
      version: '1.0',
      fieldLines: 'Connection: close\r\nContent-Length: 2\r\n',
      body: 'ok',
    });
    assert.ok(text.startsWith('POST /b HTTP/1.0\r\nHost: a.example\r\n'));
    assert.ok(text.endsWith('\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'));
  });
});
