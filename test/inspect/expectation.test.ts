// Expectations of a report: what can be typed, what meets them, and what is said where they are not met.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OptionError } from '#src/errors.js';
import { MEASUREMENTS, NOTHING_MEASURED, evaluateExpectation, parseExpectation } from '#src/inspect/index.js';
import type { ExpectationResult, InspectionReport, MeasurementName, Measurements } from '#src/inspect/index.js';
import { GOOD_REPORT, SAMPLE_REPORT } from './sample-report.ts';

const OPERATORS = ['>=', '<=', '==', '!=', '>', '<'] as const;

const COMPARE: Readonly<Record<(typeof OPERATORS)[number], (left: number, right: number) => boolean>> = {
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
};

function reportOf(measured: Partial<Measurements>, more: Partial<InspectionReport> = {}): InspectionReport {
  return { ...SAMPLE_REPORT, measurements: { ...SAMPLE_REPORT.measurements, ...measured }, ...more };
}

const evaluate = (text: string, report: InspectionReport = SAMPLE_REPORT): ExpectationResult =>
  evaluateExpectation(parseExpectation(text), report);

const anOperator = fc.constantFrom(...OPERATORS);

describe('parseExpectation', () => {
  test('whatever the text: an expectation, or an OptionError that repeats it', () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.constantFrom(...Object.keys(MEASUREMENTS), 'verdict', 'nothing'), anOperator, fc.string())
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          assert.equal(parseExpectation(given).text, given.trim());
        } catch (error) {
          assert.ok(error instanceof OptionError);
          assert.ok(error.message.includes(given.trim()));
        }
      }),
    );
  });

  test('blanks mean nothing around its parts', () => {
    const { name, operator, value } = parseExpectation('  idleTimeoutMs  >=  65 s ');
    assert.deepEqual({ name, operator, value }, { name: 'idleTimeoutMs', operator: '>=', value: 65_000 });
  });

  test('durations take units, and are milliseconds without one', () => {
    for (const [text, value] of [
      ['65000', 65_000],
      ['65s', 65_000],
      ['1.5m', 90_000],
      ['250ms', 250],
      ['1h', 3_600_000],
      ['.5s', 500],
    ] as const) {
      assert.equal(parseExpectation(`idleTimeoutMs>=${text}`).value, value);
    }
  });

  test('every measurement can be expected to be null', () => {
    for (const name of Object.keys(MEASUREMENTS).filter((one) => one !== 'http2Settings')) {
      assert.equal(parseExpectation(`${name}==null`).value, null);
    }
  });

  test('quotes make a text of everything', () => {
    assert.equal(parseExpectation("server=='null'").value, 'null');
    assert.equal(parseExpectation('server!="nginx 1"').value, 'nginx 1');
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['idleTimeoutMs', /is no expectation; write it as NAME OP VALUE/],
    ['idleTimeoutMs=65s', /is no expectation/],
    ['idleTimeoutMs>=', /is no expectation/],
    ['idleTimeotMs>=65s', /'idleTimeotMs', which is not measured; did you mean idleTimeoutMs\?/],
    ['xyzzy==1', /'xyzzy', which is not measured; `perdura check --list` shows all names/],
    ['toString==1', /which is not measured/],
    ['findings.worse==0', /which is not measured/],
    ['idleTimeoutMs>=soon', /expects 'soon', it must be a duration such as 65s/],
    ['maxRequests>=100s', /expects '100s', it must be a number/],
    ['maxRequests>=-1', /expects '-1', it must be a number/],
    ['chunked==yes', /expects 'yes', it must be true or false/],
    ['chunked>=true', /compares what has no order with >=/],
    ['idleTimeoutMs>=null', /compares what has no order with >=/],
    ['idleClose==FIN', /expects 'FIN', which it never is; there are fin, rst, tls/],
    ['verdict==great', /expects 'great', which it never is; there are good, warn, bad/],
    ['acceptsMalformed!=missingHosts', /there are lengthBesideChunked, missingHost/],
    ['http2Settings==1', /needs the name of one setting/],
  ];
  for (const [text, message] of refused) {
    test(`refuses ${text}`, () => {
      assert.throws(() => parseExpectation(text), { name: 'OptionError', option: 'expect', message });
    });
  }
});

describe('evaluateExpectation', () => {
  test('numbers compare as numbers', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), anOperator, (actual, expected, operator) => {
        for (const name of ['idleTimeoutMs', 'maxRequests', 'status'] as const) {
          const { met, sentence } = evaluate(`${name}${operator}${expected}`, reportOf({ [name]: actual }));
          assert.equal(met, COMPARE[operator](actual, expected));
          assert.ok(sentence.startsWith(`${name} is `), sentence);
        }
      }),
    );
  });

  test('of == and !=, one is met for what was measured, whatever the value', () => {
    const aValue = fc.constantFrom(
      'chunked==true',
      'idleClose==rst',
      'server==nginx',
      'acceptsMalformed==none',
      'acceptsMalformed==missingHost',
      'closeIgnoredFor==Connection: Close',
      'verdict==bad',
      'idleTimeoutMs==null',
      'http2Settings.maxConcurrentStreams==null',
    );
    fc.assert(
      fc.property(aValue, (text) => {
        assert.notEqual(evaluate(text).met, evaluate(text.replace('==', '!=')).met);
      }),
    );
  });

  test('what was not measured meets nothing but null, where null says nothing', () => {
    const silent = (Object.keys(MEASUREMENTS) as MeasurementName[]).filter(
      (name) => MEASUREMENTS[name].nullSays === undefined && MEASUREMENTS[name].unit === 'ms',
    );
    const report = reportOf(NOTHING_MEASURED);
    fc.assert(
      fc.property(fc.constantFrom(...silent), anOperator, fc.nat(), (name, operator, value) => {
        const { met, sentence } = evaluate(`${name}${operator}${value}`, report);
        assert.equal(met, false);
        assert.match(sentence, /was not measured: ./);
        assert.equal(evaluate(`${name}==null`, report).met, true);
      }),
    );
  });

  test('a connection that outlived the wait has a timeout longer than that', () => {
    const report = reportOf({ idleTimeoutMs: null, idleClose: 'none' });
    const met = (text: string): boolean => evaluate(text, report).met;
    assert.deepEqual(
      ['>=65000', '>=75s', '>75s', '!=5s', '<=75s', '<60s', '==5s'].map((rest) => met(`idleTimeoutMs${rest}`)),
      [true, true, true, true, false, false, false],
    );
    // Longer than was waited: nobody knows.
    for (const operator of OPERATORS) assert.equal(met(`idleTimeoutMs${operator}76s`), false);
    assert.match(
      evaluate('idleTimeoutMs>=120s', report).sentence,
      /^idleTimeoutMs is more than 75 s, how much more is not known \(expected: at least 2 min\): raise --max-wait \(maxWaitMs\) to 2 min$/,
    );
  });

  test('a connection that served all requests serves more than those', () => {
    const report = reportOf({ maxRequests: null, requestsTried: 1_000 });
    assert.equal(evaluate('maxRequests>=1000', report).met, true);
    assert.equal(evaluate('maxRequests<=1000', report).met, false);
    assert.match(evaluate('maxRequests>=2000', report).sentence, /raise --max-requests \(maxRequests\) to 2,000$/);
  });

  test('says which check did not measure it, and why', () => {
    const [first, second, ...others] = SAMPLE_REPORT.checks;
    assert.ok(first !== undefined && second !== undefined);
    const measurements = { ...SAMPLE_REPORT.measurements, idleTimeoutMs: null, idleClose: null };
    const checksWith = (outcome: 'skipped' | 'cutShort'): InspectionReport => ({
      ...SAMPLE_REPORT,
      measurements,
      checks: [first, second, ...others].map((check) =>
        check.id === 'idle-timeout' ? { ...check, outcome, reason: 'aborted' } : check,
      ),
    });
    assert.equal(
      evaluate('idleTimeoutMs>=1', checksWith('cutShort')).sentence,
      'idleTimeoutMs was not measured: the check idle-timeout was cut short: aborted',
    );
    assert.equal(
      evaluate('idleTimeoutMs>=1', checksWith('skipped')).sentence,
      'idleTimeoutMs was not measured: the check idle-timeout was skipped: aborted',
    );
    assert.equal(
      evaluate('idleTimeoutMs>=1', { ...SAMPLE_REPORT, measurements }).sentence,
      'idleTimeoutMs was not measured: the check idle-timeout could not find it out',
    );
    assert.equal(
      evaluate('idleTimeoutMs>=1', GOOD_REPORT).sentence,
      'idleTimeoutMs was not measured: the check idle-timeout was not asked for',
    );
  });

  test('where null says something, it is something else than a value', () => {
    const report = reportOf({ advertisedTimeoutMs: null });
    assert.deepEqual(evaluate('advertisedTimeoutMs!=5s', report), {
      expectation: 'advertisedTimeoutMs!=5s',
      met: true,
      sentence: 'advertisedTimeoutMs: nothing is promised (expected: anything but 5 s)',
    });
    assert.equal(evaluate('advertisedTimeoutMs>=5s', report).met, false);
    const unanswered = reportOf({ ...NOTHING_MEASURED, unanswered: 'timeout' });
    assert.equal(evaluate('advertisedTimeoutMs!=5s', unanswered).met, false);
    assert.equal(evaluate('unanswered!=reset', unanswered).met, true);
    assert.equal(evaluate('unanswered==null', unanswered).met, false);
  });

  test('lists are compared by what is in them, or by their length', () => {
    const met = (text: string): boolean => evaluate(text).met;
    assert.deepEqual(SAMPLE_REPORT.measurements.acceptsMalformed, ['bareLineFeed', 'missingHost']);
    assert.equal(met('acceptsMalformed==missingHost'), true);
    assert.equal(met('acceptsMalformed!=missingHost'), false);
    assert.equal(met('acceptsMalformed!=repeatedHost'), true);
    assert.equal(met('acceptsMalformed==none'), false);
    assert.equal(met('closeIgnoredFor==none'), true);
    assert.equal(met('acceptsMalformed<=2'), true);
    assert.equal(met('acceptsMalformed<2'), false);
  });

  test('knows the report as a whole, and settings of HTTP/2', () => {
    assert.equal(evaluate('verdict!=bad').sentence, 'verdict is bad (expected: anything but bad)');
    assert.equal(evaluate('findings.bad==2').met, true);
    assert.equal(evaluate('findings.warn<1').met, false);
    assert.equal(evaluate('durationMs<=76s').met, true);
    assert.equal(evaluate('complete==true').met, true);
    const report = reportOf({ http2Settings: { maxConcurrentStreams: 128, enablePush: false } });
    assert.equal(evaluate('http2Settings.maxConcurrentStreams>=100', report).met, true);
    assert.equal(evaluate('http2Settings.enablePush==true', report).met, false);
    assert.equal(evaluate('http2Settings.toString==null', report).met, true);
  });

  test('numbers that look alike are told apart', () => {
    assert.equal(evaluate('idleTimeoutMs==5000').sentence, 'idleTimeoutMs is 5003.75 ms (expected: 5000 ms)');
  });
});
