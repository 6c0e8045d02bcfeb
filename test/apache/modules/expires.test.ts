// What mod_expires does, as it was seen at httpd 2.4.71.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expires } from '#src/apache/modules/expires.js';
import { headers } from '#src/apache/modules/headers.js';
import { ConfigurationError } from '#src/apache/syntax/configuration-error.js';
import type { ApacheRequest } from '#src/apache/request/apache-request.js';
import { configure, linesOf, makeRequest, runFilters } from './driven-module.ts';

const { hooks } = expires.definition;

/** 15 January 2027, 08:00:00. */
const STARTED_AT = { startedAtMs: 1_800_000_000_000 };

async function pass(lines: string, prepare?: (request: ApacheRequest) => void, fields = ''): Promise<string[]> {
  const request = makeRequest([configure(expires, lines), configure(headers, fields)], STARTED_AT);
  prepare?.(request);
  headers.definition.hooks!.insertFilter!(request);
  hooks!.insertFilter!(request);
  await runFilters(request);
  return linesOf(request.headersOut);
}

describe('mod_expires', () => {
  it('writes Cache-Control and Expires', async () => {
    assert.deepEqual(await pass('ExpiresActive On\nExpiresDefault "access plus 1 day"'), [
      'Cache-Control: max-age=86400',
      'Expires: Sat, 16 Jan 2027 08:00:00 GMT',
    ]);
  });

  it('counts from the last change of the file', async () => {
    const lines = 'ExpiresActive On\nExpiresDefault "modification plus 1 hour"';
    const modifiedUs = (STARTED_AT.startedAtMs - 60_000) * 1000;
    const prepare = (request: ApacheRequest): void => {
      request.fileStats = { modifiedUs } as never;
    };
    assert.deepEqual(await pass(lines, prepare), [
      'Cache-Control: max-age=3540',
      'Expires: Fri, 15 Jan 2027 08:59:00 GMT',
    ]);
    assert.deepEqual(await pass(lines), []);
  });

  it('says nothing where it is not active, has no code, or somebody was quicker', async () => {
    assert.deepEqual(await pass('ExpiresDefault A5'), []);
    assert.deepEqual(await pass('ExpiresActive On'), []);
    assert.deepEqual(await pass('ExpiresActive On\nExpiresDefault A5\nExpiresActive Off'), []);
    assert.deepEqual(await pass('ExpiresActive On\nExpiresByType text/html A5'), []);
    const set = (request: ApacheRequest): void => request.headersOut.set('Expires', 'x');
    assert.deepEqual(await pass('ExpiresActive On\nExpiresDefault A5', set), ['Expires: x']);
  });

  it('leaves errors and sub-requests alone, and has its say about redirects', async () => {
    const lines = 'ExpiresActive On\nExpiresByType text/html A5\nExpiresDefault A9';
    for (const [status, fields] of [
      [200, 2],
      [302, 2],
      [304, 2],
      [404, 0],
      [500, 0],
    ]) {
      const request = makeRequest([configure(expires, lines)], STARTED_AT);
      request.status = status!;
      hooks!.insertErrorFilter!(request);
      await runFilters(request);
      assert.equal(request.headersOut.size, fields, `status ${status}`);
    }
  });

  it('comes before the fields of mod_headers, whatever the order of the modules', async () => {
    const lines = 'ExpiresActive On\nExpiresDefault A5';
    const expiry = 'Expires: Fri, 15 Jan 2027 08:00:05 GMT';
    assert.deepEqual(await pass(lines, undefined, 'Header set Cache-Control max-age=1'), [
      'Cache-Control: max-age=1',
      expiry,
    ]);
    assert.deepEqual(await pass(lines, undefined, 'Header append Cache-Control public'), [
      'Cache-Control: max-age=5, public',
      expiry,
    ]);
    assert.deepEqual(await pass(lines, undefined, 'Header unset Expires'), ['Cache-Control: max-age=5']);
  });

  it('is refused in the words of Apache', () => {
    const refused = {
      'ExpiresActive x': 'ExpiresActive must be On or Off',
      ExpiresDefault: 'ExpiresDefault takes one argument, an expiry date code',
      'ExpiresDefault access plus 1 month': 'ExpiresDefault takes one argument, an expiry date code',
      'ExpiresDefault "foo 1 month"': "'ExpiresDefault foo 1 month': bad expires code, unrecognised <base> 'foo'",
      'ExpiresByType text/html': 'ExpiresByType takes two arguments, a MIME type followed by an expiry date code',
      'ExpiresByType text/html zz': "'ExpiresByType text/html zz': bad expires code, unrecognised <base> 'zz'",
      'ExpiresByType text A5': 'Invalid mimetype: should contain a slash',
    };
    for (const [line, message] of Object.entries(refused)) {
      assert.throws(() => configure(expires, line), new ConfigurationError(message), line);
    }
  });
});
