// The head of a request as HTTP/2 brings it, without I/O: what is made of it, what is wrong with it, and the limits at their edge.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Headers } from '#src/http/headers.js';
import { Http2RequestHead, readHttp2RequestHead } from '#src/server/http2/request-head.js';
import { DEFAULT_SERVE_OPTIONS } from '#src/server/index.js';

const LIMITS = DEFAULT_SERVE_OPTIONS.limits;

/** Names and values in turn. */
function listOf(more: readonly string[] = [], method = 'GET', path = '/'): string[] {
  return [':method', method, ':scheme', 'http', ':path', path, ':authority', 'a', ...more];
}

function read(list: readonly string[], limits: Partial<typeof LIMITS> = {}): Http2RequestHead {
  const head = readHttp2RequestHead(list, { ...LIMITS, ...limits });
  if (typeof head === 'string') throw new Error(head);
  return head;
}

const faultOf = (list: readonly string[], limits: Partial<typeof LIMITS> = {}): string => {
  const head = readHttp2RequestHead(list, { ...LIMITS, ...limits });
  return typeof head === 'string' ? head : 'none';
};

/** What may stand in a target: visible ASCII but `#`. */
const targetCharacter = fc.integer({ min: 0x21, max: 0x7e }).filter((code) => code !== 0x23);
const path = fc
  .array(targetCharacter.map((code) => String.fromCharCode(code)))
  .map((characters) => `/${characters.join('')}`);
const name = fc.constantFrom('x-a', 'x-b', 'accept', 'cookie');
const value = fc.string({ unit: fc.constantFrom('a', 'b', ' ', ',', 'cookie'), maxLength: 8 });

describe('the head of a request', () => {
  test('has the method, the path and the fields that were sent, whatever they are', () => {
    fc.assert(
      fc.property(path, fc.array(fc.tuple(name, value), { maxLength: 12 }), (target, fields) => {
        const head = read(listOf(fields.flat(), 'PATCH', target));
        assert.deepEqual([head.method, head.form, head.target, head.host], ['PATCH', 'origin', target, 'a']);
        const headers = Headers.lazy(head.lines);
        for (const known of ['x-a', 'x-b', 'accept', 'cookie']) {
          const values = fields.filter(([sent]) => sent === known).map(([, sent]) => sent);
          const joined = values.length === 0 ? undefined : values.join(known === 'cookie' ? '; ' : ', ');
          assert.equal(head.lines.get(known), joined);
          assert.equal(headers.get(known) ?? undefined, joined);
        }
        assert.equal(head.lines.get(':path'), undefined);
        assert.equal(
          [...headers.keys()].some((sent) => sent.startsWith(':')),
          false,
        );
      }),
    );
  });

  test('keeps all lines of a field but those of cookie', () => {
    const fields = ['cookie', 'a=1', 'x', 'cookie', 'cookie', 'b=2', 'x', '2'];
    assert.deepEqual(read(listOf(fields)).lines.loadFields(), ['cookie', 'a=1; b=2', 'x', 'cookie', 'x', '2']);
    assert.deepEqual(read(listOf(['cookie', 'a=1'])).lines.loadFields(), ['cookie', 'a=1']);
    assert.deepEqual(read(listOf(['x', 'cookie', 'cookie', 'a=1'])).lines.loadFields(), [
      'x',
      'cookie',
      'cookie',
      'a=1',
    ]);
  });

  test('has the host of the authority, else of Host', () => {
    const [, , , , , , , , ...none] = listOf();
    assert.deepEqual(none, []);
    const bare = listOf().slice(0, 6);
    assert.equal(read([...bare, 'host', 'b:80']).host, 'b:80');
    assert.equal(read(bare).host, undefined);
    assert.equal(read(listOf(['host', 'A'])).host, 'a');
  });

  const faults: readonly [string, string[], string][] = [
    ['a host that none can have', listOf(['host', 'a']).with(7, 'a b'), 'badHost'],
    ['two that differ', listOf(['host', 'b']), 'badHost'],
    ['Host twice', listOf(['host', 'a', 'host', 'a']), 'badHost'],
    ['a path with a fragment', listOf([], 'GET', '/#'), 'badTarget'],
    ['a path with a space', listOf([], 'GET', '/a b'), 'badTarget'],
    ['a path with a control character', listOf([], 'GET', '/\u007f'), 'badTarget'],
    ['an empty path', listOf([], 'GET', ''), 'badTarget'],
    ['a relative path', listOf([], 'GET', 'a'), 'badTarget'],
    ['the absolute form, which is of HTTP/1', listOf([], 'GET', 'http://a/'), 'badTarget'],
    ['an asterisk without OPTIONS', listOf([], 'GET', '*'), 'badTarget'],
    ['no path', listOf().toSpliced(4, 2), 'badTarget'],
    ['a method that is no token', listOf([], 'G T'), 'badMethod'],
  ];
  for (const [what, list, fault] of faults) {
    test(`with ${what} is refused`, () => assert.equal(faultOf(list), fault));
  }

  test('of OPTIONS may ask for the server, and of CONNECT names an authority', () => {
    assert.equal(read(listOf([], 'OPTIONS', '*')).form, 'asterisk');
    const connect = read([':method', 'CONNECT', ':authority', 'a:443']);
    assert.deepEqual([connect.form, connect.target, connect.host], ['authority', 'a:443', 'a:443']);
  });

  test('is held to its limits, exactly', () => {
    const list = listOf(['x', 'y'], 'GET', '/abc');
    // As HTTP/1 would write it: four bytes more for each line.
    const bytes = list.reduce((sum, text) => sum + text.length, 0) + (list.length / 2) * 4;
    assert.equal(faultOf(list, { headerBytes: bytes }), 'none');
    assert.equal(faultOf(list, { headerBytes: bytes - 1 }), 'headTooLarge');
    assert.equal(faultOf(list, { targetBytes: 4 }), 'none');
    assert.equal(faultOf(list, { targetBytes: 3 }), 'targetTooLong');
    const many = listOf(['x', '', 'y', '', 'cookie', 'a', 'cookie', 'b']);
    assert.equal(faultOf(many, { headerFields: 3 }), 'none');
    assert.equal(faultOf(many, { headerFields: 2 }), 'tooManyFields');
  });
});
