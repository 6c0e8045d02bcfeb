// DEFLATE and what it tells of itself, as it was seen at httpd 2.4.71.
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { describe, it } from 'node:test';
import { deflate } from '#src/apache/modules/deflate.js';
import { headers } from '#src/apache/modules/headers.js';
import { coreFilters } from '#src/apache/modules/output-filters.js';
import { ConfigurationError } from '#src/apache/syntax/configuration-error.js';
import type { ApacheRequest } from '#src/apache/request/apache-request.js';
import type { SiteServices } from '#src/apache/request/site-services.js';
import { configure, linesOf, makeRequest, runFilters } from '../modules/driven-module.ts';
import type { RequestParts } from '../modules/driven-module.ts';

const TEXT = Buffer.from('lorem ipsum dolor sit amet\n'.repeat(50));
const PATH = '/srv/f.txt';

interface Case {
  readonly rules?: string;
  readonly fields?: string;
  readonly accept?: string | undefined;
  readonly parts?: RequestParts;
  readonly prepare?: (request: ApacheRequest) => void;
}

async function pass({ rules = '', fields = '', accept = 'gzip', parts = {}, prepare }: Case): Promise<ApacheRequest> {
  const filtered = configure(coreFilters, 'SetOutputFilter DEFLATE', { loaded: ['deflate_module'] });
  const request = makeRequest([configure(deflate, rules), configure(headers, fields), filtered], {
    headers: accept === '' ? [] : [['Accept-Encoding', accept]],
    ...parts,
  });
  request.filename = PATH;
  request.content = { kind: 'bytes', bytes: TEXT };
  request.headersOut.set('ETag', '"546-1"');
  request.headersOut.set('Content-Length', String(TEXT.length));
  prepare?.(request);
  headers.definition.hooks!.insertFilter!(request);
  coreFilters.definition.hooks!.insertFilter!(request);
  await runFilters(request);
  return request;
}

const fieldsOf = async (what: Case): Promise<string[]> => linesOf((await pass(what)).headersOut);

const COMPRESSED = ['ETag: "546-1-gzip"', 'Vary: Accept-Encoding', 'Content-Encoding: gzip'];

describe('DEFLATE', () => {
  it('compresses the body and says so', async () => {
    const request = await pass({});
    assert.deepEqual(linesOf(request.headersOut), COMPRESSED);
    assert.equal(request.content.kind, 'bytes');
    assert.deepEqual(gunzipSync(request.content.bytes), TEXT);
  });

  it('tells that somebody else might get another answer', async () => {
    assert.deepEqual(await fieldsOf({ accept: '' }), [
      'ETag: "546-1"',
      'Content-Length: 1350',
      'Vary: Accept-Encoding',
    ]);
  });

  it('is done before mod_headers looks, and what that says counts', async () => {
    assert.deepEqual(await fieldsOf({ fields: 'Header edit ETag gzip zip\nHeader append Vary Cookie' }), [
      'Vary: Accept-Encoding, Cookie',
      'Content-Encoding: gzip',
      'ETag: "546-1-zip"',
    ]);
  });

  it('treats the entity tag as DeflateAlterETag says', async () => {
    const tag = async (rules: string, before?: string): Promise<string | undefined> => {
      const prepare = (request: ApacheRequest): void => {
        if (before !== undefined) request.headersOut.set('ETag', before);
      };
      return (await pass({ rules, prepare })).headersOut.get('ETag');
    };
    assert.equal(await tag('DeflateAlterETag nochange'), '"546-1"');
    assert.equal(await tag('DeflateAlterETag Remove'), undefined);
    assert.equal(await tag('DeflateAlterETag AddSuffix', 'W/"x"'), 'W/"x-gzip"');
    assert.equal(await tag('', '""'), '""');
    assert.equal(await tag('', 'unquoted'), 'unquoted');
  });

  it('takes the place of a coding that is none, and comes behind another', async () => {
    const coded = (coding: string, env = '') =>
      pass({
        prepare(request) {
          request.contentEncoding = coding;
          if (env !== '') request.env.set(env, '1');
        },
      });
    const identity = await coded('identity');
    assert.equal(identity.contentEncoding, 'gzip');
    assert.deepEqual(linesOf(identity.headersOut), COMPRESSED);
    assert.equal((await coded('8bit')).contentEncoding, 'gzip');
    assert.equal((await coded('br')).contentEncoding, 'br');
  });

  it('notes how well it went', async () => {
    const rules = 'DeflateFilterNote Input in\nDeflateFilterNote output out\nDeflateFilterNote ratio';
    const { notes, content } = await pass({ rules });
    assert.equal(content.kind, 'bytes');
    const outputBytes = content.bytes.length - 18;
    const percent = Math.floor((outputBytes * 100) / 1350);
    assert.deepEqual(linesOf(notes), ['in: 1350', `out: ${outputBytes}`, `ratio: ${percent}`]);
  });

  it('stays plain where zlib refuses the window', async () => {
    const lines: string[] = [];
    const log: SiteServices<ApacheRequest>['log'] = (_request, _level, _module, message) => void lines.push(message);
    const rules = 'DeflateWindowSize 8';
    assert.deepEqual(await fieldsOf({ rules, parts: { services: { log } } }), [
      'ETag: "546-1"',
      'Content-Length: 1350',
      'Vary: Accept-Encoding',
    ]);
    assert.deepEqual(lines, ['AH01383: unable to init Zlib: deflateInit2 returned -2: URL /f.txt']);
  });

  it('remembers a file that was not changed lately, and no other', async () => {
    let reads = 0;
    const services = {
      wallMs: () => 1_800_000_000_000,
      log: () => {},
      files: { readBytes: () => ((reads += 1), TEXT) },
    } as unknown as SiteServices<ApacheRequest>;
    const ask = async (modifiedMs: number, inode = 1, changedMs = modifiedMs): Promise<Uint8Array> => {
      const request = await pass({
        prepare(asked) {
          Object.assign(asked, { services });
          const changedUs = Number.isNaN(changedMs) ? undefined : changedMs * 1000;
          asked.fileStats = { modifiedUs: modifiedMs * 1000, changedUs, sizeBytes: 1350, inode, device: 1 } as never;
          asked.content = { kind: 'file', slice: { path: PATH, startByte: 0, lengthBytes: 1350 } };
        },
      });
      assert.equal(request.headersOut.get('Content-Encoding'), 'gzip');
      assert.equal(request.content.kind, 'bytes');
      return request.content.bytes;
    };
    const old = 1_799_999_000_000;
    assert.equal(await ask(old), await ask(old));
    assert.equal(reads, 1);
    await ask(old + 1);
    await ask(old, 2);
    assert.equal(reads, 3);
    await ask(1_799_999_999_000);
    await ask(1_799_999_999_000);
    assert.equal(reads, 5);
    // Written anew and given its old time: the time of the change tells.
    await ask(old, 1, old + 1000);
    await ask(old, 1, 1_799_999_999_000);
    await ask(old, 1, 1_799_999_999_000);
    assert.equal(reads, 8);
    await ask(old, 1, Number.NaN);
    await ask(old, 1, Number.NaN);
    assert.equal(reads, 10);
  });

  it('answers HEAD as GET, without keeping the source open', async () => {
    let closed = false;
    async function* chunks(): AsyncGenerator<Uint8Array> {
      try {
        for (let piece = 0; piece < 100; piece += 1) yield crypto.getRandomValues(new Uint8Array(65_536));
      } finally {
        closed = true;
      }
    }
    const request = await pass({
      prepare(asked) {
        asked.headerOnly = true;
        asked.content = { kind: 'stream', chunks: chunks() };
      },
    });
    assert.deepEqual(linesOf(request.headersOut), COMPRESSED);
    assert.equal(request.content.kind, 'stream');
    assert.equal(closed, true);
  });

  it('is configured in the words of Apache', () => {
    const refused = {
      DeflateCompressionLevel: 'DeflateCompressionLevel takes one argument, Set the Deflate Compression Level (1-9)',
      'DeflateCompressionLevel 0': 'Compression Level must be between 1 and 9',
      'DeflateCompressionLevel x': 'Compression Level must be between 1 and 9',
      'DeflateMemLevel 10': 'DeflateMemLevel must be between 1 and 9',
      'DeflateWindowSize 16': 'DeflateWindowSize must be between 1 and 15',
      'DeflateBufferSize -1': 'DeflateBufferSize should be positive',
      'DeflateFilterNote bogus a': 'Unknown note type bogus',
      'DeflateFilterNote a b c': 'DeflateFilterNote takes 1-2 arguments, Set a note to report on compression ratio',
      'DeflateAlterETag bogus': "DeflateAlterETAG accepts only 'NoChange', 'AddSuffix', and 'Remove'",
    };
    for (const [line, message] of Object.entries(refused)) {
      assert.throws(() => configure(deflate, line), new ConfigurationError(message), line);
    }
    assert.doesNotThrow(() => configure(deflate, 'DeflateCompressionLevel 5x'));
  });
});
