// What mod_headers does, as it was seen at httpd 2.4.71.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { headers } from '#src/apache/modules/headers.js';
import type { ApacheRequest } from '#src/apache/request/apache-request.js';
import { configure, linesOf, makeRequest, mergeOver, runFilters } from './driven-module.ts';
import type { RequestParts } from './driven-module.ts';

const { hooks } = headers.definition;

/** The way of a request that nothing else happens to. */
async function pass(lines: string, parts: RequestParts = {}, prepare?: (request: ApacheRequest) => void) {
  const request = makeRequest([configure(headers, lines)], parts);
  prepare?.(request);
  hooks!.postReadRequest!(request);
  void hooks!.fixups!(request);
  hooks!.insertFilter!(request);
  await runFilters(request);
  return request;
}

const outOf = async (...all: Parameters<typeof pass>): Promise<string[]> => linesOf((await pass(...all)).headersOut);

/** Lines, and the fields that come of them. */
const CASES: ReadonlyArray<readonly [lines: string, fields: readonly string[]]> = [
  ['Header set A 1\nHeader append A 2\nHeader add A 3\nHeader set A 4', ['A: 4']],
  ['Header add A 1\nHeader add A 2\nHeader append A x\nHeader merge a x\nHeader merge A X', ['A: 1, x, X', 'A: 2']],
  ['Header merge A "a"\nHeader merge A "b"\nHeader merge A "a, b"\nHeader merge A "b"', ['A: a, b, a, b']],
  [`Header set A 'x "a,b", c'\nHeader merge A c\nHeader merge A b\nHeader merge A "\\"a"`, ['A: x "a,b", c, b, "a']],
  ['Header set A ""\nHeader add A ""\nHeader append A ""\nHeader merge A ""', ['A: , ', 'A: ']],
  ['Header setifempty A 1\nHeader setifempty a 2', ['A: 1']],
  ['Header set A 1\nHeader unset a', []],
  ['Header add A foo-foo\nHeader add A bar\nHeader edit A o 0\nHeader edit* A f F', ['A: F0o-Foo', 'A: bar']],
  ['Header set A "foo bar"\nHeader edit A "(\\w+) (\\w+)" "$2-$1-$0-$3-$$"', ['A: bar-foo-foo bar--$$']],
  ['Header set A "aaa"\nHeader edit* A ^a b', ['A: bbb']],
  ['Header set FOO a\nHeader add B x\nHeader edit foo a b', ['B: x', 'FOO: b']],
  ['Header set A abc\nHeader edit A nothing x', ['A: abc']],
  ['Header edit A . x', []],
  ['Header set A "x"\nHeader edit A x ""\nHeader set B "abc"\nHeader edit* B "[ac]" ""', ['A: ', 'B: b']],
  ['Header set A "axa"\nHeader edit A x* -', ['A: -axa']],
  ['Header add Set-Cookie a=1\nHeader edit Set-Cookie ^(.*)$ "$1; Secure"', ['Set-Cookie: a=1; Secure']],
  ['Header set A "%"\nHeader set B "a%"\nHeader set C "%%%"\nHeader set D "\\\\"', ['A: %', 'B: a%', 'C: %%', 'D: \\']],
  ['Header set A "\\%%"\nHeader set B "a\\tb\\x"', ['A: \\%', 'B: a\tb\\x']],
  ['Header set A "a%%b%{NONE}s %{NONE}e"', ['A: a%b(null) (null)']],
  ['Header set A:b x\nHeader set C: z', ['A: x', 'C: z']],
  ['HEADER OnSuccess SET A x\nheader set B y eXpr=true\nheader set C z EXPR=false', ['A: x', 'B: y']],
];

describe('Header', () => {
  for (const [lines, fields] of CASES) {
    it(`${JSON.stringify(lines)} makes ${JSON.stringify(fields)}`, async () => {
      assert.deepEqual(await outOf(lines), fields);
    });
  }

  it('has a table of its own for always, with every action but echo', async () => {
    const request = await pass(
      'Header set a 1\nHeader always set A 2\nHeader always add A 3\nHeader always append A 4\nHeader always merge A 4\n' +
        'Header always edit A 3 x\nHeader always setifempty B b\nHeader always unset C\nHeader always echo ^X',
      { headers: [['X-Y', 'z']] },
    );
    assert.deepEqual(linesOf(request.errorHeadersOut), ['A: 2, 4', 'A: x', 'B: b']);
    // What is echoed goes to the other table all the same.
    assert.deepEqual(linesOf(request.headersOut), ['X-Y: z', 'a: 1']);
  });

  it('echoes fields of the request by the case of their names', async () => {
    const sent = { headers: [['X-A', '1'] as const, ['y', '2'] as const, ['x-b', '3'] as const] };
    assert.deepEqual(await outOf('Header echo ^X-', sent), ['X-A: 1']);
    assert.deepEqual(await outOf('Header echo "(?i)^x-|^Z"\nHeader echo X-A', sent), ['X-A: 1', 'x-b: 3', 'X-A: 1']);
  });

  it('looks at variables when the answer is there', async () => {
    const lines =
      'Header set A x env=FOO\nHeader set B x env=!FOO\nHeader set C x env=NOPE\nHeader set D "[%{foo}e]" Env=!NOPE';
    assert.deepEqual(await outOf(lines, {}, (request) => request.env.set('FOO', '')), ['A: x', 'D: []']);
  });

  it('writes variables without line ends', async () => {
    const lines = 'Header set A %{V}e';
    assert.deepEqual(await outOf(lines, {}, (request) => request.env.set('V', 'a\r\nSet-Cookie: x')), [
      'A: a  Set-Cookie: x',
    ]);
  });

  it('tells the time of the request in microseconds, how long it took, and how busy the machine is', async () => {
    const lines = 'Header set A "%t %D"\nHeader set B "%l %i %b"';
    const times = { startedAtMs: 1_800_000_000_000.25, nowMs: 1_800_000_000_001.5 };
    const loadAverages = (): [number, number, number] => [0.5, 1, 12.345];
    assert.deepEqual(await outOf(lines, { ...times, services: { loadAverages, busyPercent: () => 30 } }), [
      'A: t=1800000000000250 D=1250',
      'B: l=0.50/1.00/12.35 i=70 b=30',
    ]);
    assert.deepEqual(await outOf('Header set B "%l %i %b"', times), ['B: l=0.00/0.00/0.00 i=100 b=0']);
  });

  it('goes on behind the next byte where edit* matches nothing, instead of for ever', async () => {
    assert.deepEqual(await outOf('Header set A abc\nHeader edit* A x* -'), ['A: -a-b-c-']);
    assert.deepEqual(await outOf('Header set A abc\nHeader edit* A .* -'), ['A: --']);
  });

  it('keeps a field in a note', async () => {
    const request = await pass('Header note A gone\nHeader set A x\nHeader note A kept', {}, ({ notes }) => {
      notes.set('gone', 'old');
    });
    assert.deepEqual(linesOf(request.notes), ['kept: x']);
  });

  it('applies what is marked as early as soon as the head is there, and only at the level of a server', () => {
    const request = makeRequest([
      configure(headers, 'Header set A x early\nHeader always set B y Early\nHeader set C z'),
    ]);
    hooks!.postReadRequest!(request);
    assert.deepEqual(linesOf(request.headersOut), ['A: x']);
    assert.deepEqual(linesOf(request.errorHeadersOut), ['B: y']);
    const folder = configure(headers, 'Header set A x early', { path: '/srv/' });
    request.directoryConfig = folder.directory;
    void hooks!.fixups!(request);
    assert.deepEqual(linesOf(request.headersOut), ['A: x']);
  });

  it('changes the type of the content, whichever table the field is in', async () => {
    const type = async (lines: string): Promise<string | undefined> => (await pass(lines)).contentType;
    assert.equal(await type('Header set Content-Type "text/x; a=1"'), 'text/x; a=1');
    assert.equal(await type('Header always set content-type a/b'), 'a/b');
    assert.equal(await type('Header setifempty Content-Type a/b'), 'a/b');
    assert.equal(await type('Header unset Content-Type'), undefined);
    assert.equal(await type('Header always unset Content-Type'), undefined);
    assert.equal(await type('Header edit Content-Type plain html'), 'text/html');
    assert.equal(await type('Header always edit Content-Type plain html'), 'text/html');
    assert.equal(await type('Header edit Content-Type .* ""'), undefined);
    assert.equal(await type('Header append Content-Type a/b'), 'text/plain');
    assert.equal(await type('Header add Content-Type a/b'), 'text/plain');
    assert.equal(await type('Header merge Content-Type a/b'), 'text/plain');
    assert.equal(await type('RequestHeader set Content-Type a/b'), 'text/plain');
    assert.equal(await type('RequestHeader unset Content-Type'), 'text/plain');
    assert.equal(await type('RequestHeader edit Content-Type plain html'), 'text/plain');
  });

  it('adds only the fields of always to errors', async () => {
    const request = makeRequest([configure(headers, 'Header set A 1\nHeader always set B 2')]);
    hooks!.insertErrorFilter!(request);
    await runFilters(request);
    assert.deepEqual([linesOf(request.headersOut), linesOf(request.errorHeadersOut)], [[], ['B: 2']]);
  });

  it('puts no filter in the way of requests that it has no rules for', () => {
    const request = makeRequest([configure(headers, 'RequestHeader set A b')]);
    hooks!.insertFilter!(request);
    hooks!.insertErrorFilter!(request);
    assert.deepEqual(request.outputFilters, []);
  });

  it('runs the lines of the outer places first, and leaves what they share unchanged', async () => {
    const outer = configure(headers, 'Header append O main\nHeader always append P main\nRequestHeader append Q main');
    const inner = configure(headers, 'Header append O sub\nHeader always append P sub\nRequestHeader append Q sub');
    for (const repetition of [1, 2]) {
      const request = makeRequest([mergeOver(headers, outer, inner)]);
      void hooks!.fixups!(request);
      hooks!.insertFilter!(request);
      await runFilters(request);
      assert.deepEqual(
        [linesOf(request.headersOut), linesOf(request.errorHeadersOut), linesOf(request.headersIn)],
        [['O: main, sub'], ['P: main, sub'], ['Q: main, sub']],
        `repetition ${repetition}`,
      );
    }
  });
});

describe('RequestHeader', () => {
  it('changes the fields of the request', async () => {
    const lines =
      'RequestHeader append X-A 2\nRequestHeader add X-A 3\nRequestHeader merge X-A 2\nRequestHeader edit X-A 1 one\n' +
      'RequestHeader unset Cookie\nRequestHeader set N %{V}e env=V\nRequestHeader setifempty N y';
    const sent = { headers: [['X-A', '1'] as const, ['Cookie', 'c'] as const] };
    const request = await pass(lines, sent, ({ env }) => env.set('V', 'v'));
    assert.deepEqual(linesOf(request.headersIn), ['X-A: one, 2', 'X-A: 3', 'N: v']);
  });

  it('can change them before the folder is known', () => {
    const request = makeRequest([configure(headers, 'RequestHeader set A x early\nRequestHeader set B y')]);
    hooks!.postReadRequest!(request);
    assert.deepEqual(linesOf(request.headersIn), ['A: x']);
  });
});

describe('what rules may write', () => {
  /** The result of the filter, and what the log was told. */
  async function filter(lines: string, value = 'x'.repeat(60_000)) {
    const told: string[] = [];
    const log = (_request: unknown, _level: string, _module: string, message: string): void => void told.push(message);
    const request = makeRequest([configure(headers, lines)], { services: { log } });
    request.env.set('V', value);
    hooks!.insertFilter!(request);
    const status = await request.outputFilters[0]!.run(request);
    return { status, told: told.join(), request };
  }

  for (const [what, lines, limit] of [
    ['one value by append', 'Header append A %{V}e\n'.repeat(2), 65_536],
    ['one value by its template', 'Header set A "%{V}e%{V}e"', 65_536],
    ['one value by edit*', 'Header set A %{V}e\nHeader edit* A x xx', 65_536],
    ['one value by edit', 'Header set A %{V}e\nHeader edit A "(.*)" "$1 $1"', 65_536],
    ['all of them', 'Header add A %{V}e\n'.repeat(5), 262_144],
    ['all of them always', 'Header always add A %{V}e\n'.repeat(5), 262_144],
    ['all of them, one by one', 'Header merge A %{V}e\nHeader merge A b\nHeader merge A c\n'.repeat(3), 262_144],
  ] as const) {
    it(`ends at the limit of ${what} with 500 and a line that names it`, async () => {
      const { status, told, request } = await filter(lines);
      assert.equal(status, 500);
      assert.match(told, new RegExp(`^the header rules for /f.txt were given up: .*${limit} bytes`));
      assert.equal(request.errorHeadersOut.size, 0);
    });
  }

  it('may go up to the limits', async () => {
    const { status, request } = await filter('Header set A %{V}e\nHeader append A %{V}e', 'x'.repeat(32_767));
    assert.equal(status, undefined);
    assert.equal(request.headersOut.get('A')!.length, 65_536);
    assert.equal((await filter('Header set A %{V}e', 'x'.repeat(65_536))).status, undefined);
    assert.equal((await filter('Header set A %{V}e', 'x'.repeat(65_537))).status, 500);
  });

  it('ends with 500 where its expressions take too much work', async () => {
    const { status, told } = await filter('Header set A %{V}e\nHeader edit A "(x+x+)+y" b', 'x'.repeat(60));
    assert.equal(status, 500);
    assert.match(told, /^the header rules for \/f.txt were given up: .*steps/);
  });
});
