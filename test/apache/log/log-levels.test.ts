// Which errors are told.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ERROR_LOG_LEVELS } from '#src/apache/log/error-log-level.js';
import { NO_LOG_LEVELS, addLogLevel, isTold, mergeLogLevels } from '#src/apache/log/log-levels.js';
import type { LogLevels } from '#src/apache/log/log-levels.js';

const level = fc.constantFrom(...ERROR_LOG_LEVELS);
const words = fc.array(
  fc.oneof(
    level,
    fc
      .tuple(fc.constantFrom('core', 'rewrite', 'mod_rewrite.c', 'rewrite_module'), level)
      .map((pair) => pair.join(':')),
  ),
);
const read = (all: readonly string[]): LogLevels =>
  all.reduce((levels, word) => addLogLevel(levels, word, (name) => name.includes('rewrite')), NO_LOG_LEVELS);

describe('LogLevel', () => {
  test('in several folders is as good as in one, in their order', () => {
    fc.assert(
      fc.property(words, words, (outer, inner) => {
        const merged = mergeLogLevels(read(outer), read(inner));
        const joined = read([...outer, ...inner]);
        assert.deepEqual(
          [merged.level, Object.fromEntries(merged.ofModules)],
          [joined.level, Object.fromEntries(joined.ofModules)],
        );
      }),
    );
  });

  test('what is worse than something that is told is told, too', () => {
    fc.assert(
      fc.property(words, level, fc.constantFrom('core', 'rewrite', 'http'), (all, one, module) => {
        const levels = read(all);
        if (one === 'notice' || !isTold(levels, one, module)) return;
        for (const worse of ERROR_LOG_LEVELS.slice(0, ERROR_LOG_LEVELS.indexOf(one)))
          assert.ok(isTold(levels, worse, module));
      }),
    );
  });

  test('warnings and notices are told where nothing is set', () => {
    assert.deepEqual(
      ERROR_LOG_LEVELS.filter((one) => isTold(NO_LOG_LEVELS, one, 'core')),
      ['emerg', 'alert', 'crit', 'error', 'warn', 'notice'],
    );
  });
});
