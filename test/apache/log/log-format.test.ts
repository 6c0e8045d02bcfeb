// LogFormat and the lines that it makes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { escapeLogItem } from '#src/apache/log/escape-item.js';
import { formatErrorLine } from '#src/apache/log/format-error-line.js';
import { formatClfTime, formatTime } from '#src/apache/log/format-time.js';
import { parseLogFormat } from '#src/apache/log/log-format.js';

describe('parseLogFormat', () => {
  for (const [format, message] of [
    ['%h %Z', 'Unrecognized LogFormat directive %Z'],
    ['%h %{a', 'Ran off end of LogFormat parsing args to some directive'],
    ['%>', 'Ran off end of LogFormat parsing args to some directive'],
    ['%', 'Ran off end of LogFormat parsing args to some directive'],
    ['%^xx', 'Unrecognized LogFormat directive %^'],
  ] as const) {
    test(`${format} is refused in Apache's words`, () => {
      assert.throws(() => parseLogFormat(format), { name: 'ConfigurationError', message });
    });
  }

  test('whatever the format, it is read to its end or refused', () => {
    const piece = fc.constantFrom('%', '%%', '{', '}', 'h', '>', '<', '!', '200', ',', 's', '^ti', '\\n', ' ', 'Z');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        try {
          parseLogFormat(pieces.join(''));
        } catch (error) {
          assert.equal((error as Error).name, 'ConfigurationError');
        }
      }),
    );
  });
});

describe('what clients sent, in a log', () => {
  test('makes no lines and ends no quotation', () => {
    assert.equal(escapeLogItem('a"b\\c\nd\u0001\u00e9\u007f'), String.raw`a\"b\\c\nd\x01\xe9\x7f`);
  });

  test('is visible ASCII, whatever it was', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.match(escapeLogItem(Buffer.from(bytes).toString('latin1')), /^[\u0020-\u007e]*$/);
      }),
    );
  });
});

test('a line of the error log has time, module, level, process, client and referer', () => {
  const line = formatErrorLine({
    atMs: new Date(2026, 10, 22, 13, 7, 47, 170).getTime(),
    level: 'error',
    module: 'core',
    processId: 7,
    client: '127.0.0.1:5',
    message: 'AH00037: "x"\n',
    referer: 'http://a/"',
  });
  assert.equal(
    line,
    String.raw`[Sun Nov 22 13:07:47.170000 2026] [core:error] [pid 7:tid 7] [client 127.0.0.1:5] AH00037: "x"\n, referer: http://a/\"`,
  );
});

test('what the system says stands before the client', () => {
  const line = formatErrorLine({
    atMs: new Date(2026, 10, 22, 13, 7, 47, 170).getTime(),
    level: 'error',
    module: 'core',
    processId: 7,
    client: '127.0.0.1:5',
    message: '(13)Permission denied: AH00035: access denied',
    referer: undefined,
  });
  assert.ok(line.endsWith('[pid 7:tid 7] (13)Permission denied: [client 127.0.0.1:5] AH00035: access denied'), line);
});

test('times are those of strftime, in the zone of the machine', () => {
  const at = new Date(2026, 0, 5, 3, 4, 9).getTime();
  assert.match(formatClfTime(at), /^\[05\/Jan\/2026:03:04:09 [+-]\d{4}\]$/);
  assert.equal(formatTime('%Y-%m-%d %H:%M:%S %j %e %I%p %u %y %%', at), '2026-01-05 03:04:09 005  5 03AM 1 26 %');
  assert.equal(formatTime('%Q %', at), '%Q %');
});
