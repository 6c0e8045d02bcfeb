// Conditional requests: what the real httpd was seen to decide.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readApacheDate } from '#src/apache/content/apache-date.js';
import { allowsRange, decideConditions } from '#src/apache/content/preconditions.js';
import type { ConditionFacts } from '#src/apache/content/preconditions.js';

const TAG = '"64-60a24181e4000"';
const MODIFIED = 'Tue, 14 Nov 2023 22:13:20 GMT';
const BEFORE = 'Tue, 14 Nov 2022 22:13:20 GMT';
const AFTER = 'Tue, 14 Nov 2024 22:13:20 GMT';
const FUTURE = 'Tue, 14 Nov 2034 22:13:20 GMT';

const PLAIN: ConditionFacts = {
  isGet: true,
  entityTag: TAG,
  modifiedS: 1_700_000_000,
  requestS: 1_795_000_000,
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifModifiedSince: undefined,
  ifUnmodifiedSince: undefined,
  hasRange: false,
};

const decide = (facts: Partial<ConditionFacts>): number => decideConditions({ ...PLAIN, ...facts }).status;

describe('decideConditions', () => {
  test('without a condition there is an answer', () => {
    assert.equal(decide({}), 200);
  });

  test('If-None-Match compares weakly in lists', () => {
    for (const field of [
      TAG,
      `W/${TAG}`,
      '*',
      `"x", ${TAG}`,
      `"x",${TAG}`,
      `W/"x", W/${TAG}`,
      '* , "x"',
      `"a,b", ${TAG}`,
    ]) {
      assert.equal(decide({ ifNoneMatch: field }), 304, field);
    }
    for (const field of [`"x" ${TAG}`, 'x', `${TAG}x`, TAG.slice(0, -1), TAG.slice(1, -1), `"x";${TAG}`, `w/${TAG}`]) {
      assert.equal(decide({ ifNoneMatch: field }), 200, field);
    }
  });

  test('If-Match compares strongly', () => {
    assert.equal(decide({ ifMatch: TAG }), 200);
    assert.equal(decide({ ifMatch: '*' }), 200);
    assert.equal(decide({ ifMatch: `W/${TAG}` }), 412);
    assert.equal(decide({ ifMatch: `W/${TAG}`, entityTag: `W/${TAG}` }), 412);
    assert.equal(decide({ ifMatch: '"x"', ifNoneMatch: TAG }), 412);
  });

  test('dates allow 304 from the second of the change until now', () => {
    assert.equal(decide({ ifModifiedSince: MODIFIED }), 304);
    assert.equal(decide({ ifModifiedSince: AFTER }), 304);
    assert.equal(decide({ ifModifiedSince: BEFORE }), 200);
    assert.equal(decide({ ifModifiedSince: FUTURE }), 200);
    assert.equal(decide({ ifModifiedSince: 'junk' }), 200);
  });

  test('both fields of a cache must allow 304', () => {
    assert.equal(decide({ ifNoneMatch: TAG, ifModifiedSince: MODIFIED }), 304);
    for (const date of [BEFORE, FUTURE, 'junk']) assert.equal(decide({ ifNoneMatch: TAG, ifModifiedSince: date }), 200);
    assert.equal(decide({ ifNoneMatch: '"x"', ifModifiedSince: MODIFIED }), 200);
  });

  test('If-Unmodified-Since is 412 behind its date, and speaks against 304 before it', () => {
    assert.equal(decide({ ifUnmodifiedSince: BEFORE }), 412);
    assert.equal(decide({ ifUnmodifiedSince: MODIFIED }), 200);
    assert.equal(decide({ ifUnmodifiedSince: 'junk' }), 200);
    assert.equal(decide({ ifUnmodifiedSince: AFTER, ifNoneMatch: TAG }), 200);
    assert.equal(decide({ ifMatch: TAG, ifUnmodifiedSince: BEFORE }), 412);
    assert.equal(decide({ ifMatch: TAG, ifNoneMatch: TAG }), 304);
  });

  test('other methods get 412 for a tag that matches strongly, and no 304', () => {
    assert.equal(decide({ isGet: false, ifNoneMatch: TAG }), 412);
    assert.equal(decide({ isGet: false, ifNoneMatch: '*' }), 412);
    assert.equal(decide({ isGet: false, ifNoneMatch: `W/${TAG}` }), 200);
    assert.equal(decide({ isGet: false, ifModifiedSince: MODIFIED }), 200);
  });

  test('a range makes weak tags and young dates worthless', () => {
    assert.equal(decide({ hasRange: true, ifNoneMatch: TAG }), 304);
    assert.equal(decide({ hasRange: true, ifNoneMatch: `W/${TAG}` }), 200);
    assert.equal(decide({ hasRange: true, ifModifiedSince: MODIFIED }), 304);
    assert.equal(decide({ hasRange: true, ifModifiedSince: MODIFIED, requestS: 1_700_000_059 }), 200);
    assert.equal(decide({ hasRange: true, ifModifiedSince: MODIFIED, requestS: 1_700_000_060 }), 304);
    assert.equal(decide({ ifModifiedSince: MODIFIED, requestS: 1_700_000_000 }), 304);
  });
});

describe('allowsRange', () => {
  test('If-Range takes the strong tag itself, or the date of a change a minute ago', () => {
    assert.equal(allowsRange(undefined, PLAIN), true);
    assert.equal(allowsRange(TAG, PLAIN), true);
    assert.equal(allowsRange(`W/${TAG}`, { ...PLAIN, entityTag: `W/${TAG}` }), false);
    assert.equal(allowsRange(MODIFIED, PLAIN), true);
    assert.equal(allowsRange('Tuesday, 14-Nov-23 22:13:20 GMT', PLAIN), true);
    for (const field of [BEFORE, AFTER, FUTURE, 'x', '"x"', '']) assert.equal(allowsRange(field, PLAIN), false, field);
    assert.equal(allowsRange(MODIFIED, { ...PLAIN, requestS: 1_700_000_059 }), false);
    assert.equal(allowsRange(MODIFIED, { ...PLAIN, requestS: 1_700_000_060 }), true);
  });
});

describe('readApacheDate', () => {
  test('three formats are read, and a day of one digit', () => {
    const same = ['Tue, 14 Nov 2023 22:13:20 GMT', 'Tuesday, 14-Nov-23 22:13:20 GMT', 'Tue Nov 14 22:13:20 2023'];
    for (const text of same) assert.equal(readApacheDate(text), 1_700_000_000, text);
    assert.equal(readApacheDate('Tue, 1 Jan 2024 00:00:00 GMT'), 1_704_067_200);
    assert.equal(readApacheDate('Tue Nov  7 22:13:20 2023'), 1_699_395_200);
  });

  test('neither the name of the day nor the zone is looked at', () => {
    assert.equal(readApacheDate('Mon, 14 Nov 2023 22:13:20 PST'), 1_700_000_000);
    assert.equal(readApacheDate('Tue, 14 Nov 2023 22:13:20 GMT; length=5'), 1_700_000_000);
  });

  test('everything else is no date', () => {
    const others = [
      'junk',
      '',
      'tue, 14 nov 2023 22:13:20 gmt',
      '14 Nov 2023 22:13:20',
      'Tue, 14 Nov 2023 22:13:20',
      'Tue, 14-Nov-2023 22:13:20 GMT',
      'Tue, 31 Feb 2024 00:00:00 GMT',
      'Tue, 14 Nov 24 22:13:20 GMT',
      'Tue, 14 Nov 2024 25:13:20 GMT',
      'Tue, 14 Nov 2023 22:13 GMT',
      'Tue, 14 Nov 1969 22:13:20 GMT',
    ];
    for (const text of others) assert.equal(readApacheDate(text), 0, text);
  });
});
