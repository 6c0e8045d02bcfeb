// Conditional requests, clause by clause (RFC 9110 §13).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatHttpDate } from '#src/http/date.js';
import { decidePrecondition, type PreconditionFacts } from '#src/server/static/preconditions.js';

const LAST_MODIFIED_MS = Date.UTC(2020, 0, 2, 3, 4, 5, 678);
const SAME = formatHttpDate(LAST_MODIFIED_MS);
const EARLIER = formatHttpDate(LAST_MODIFIED_MS - 1_000);
const LATER = formatHttpDate(LAST_MODIFIED_MS + 1_000);

const plain: PreconditionFacts = {
  method: 'GET',
  ifMatch: null,
  ifUnmodifiedSince: null,
  ifNoneMatch: null,
  ifModifiedSince: null,
  range: null,
  ifRange: null,
  entityTag: '"now"',
  lastModifiedMs: LAST_MODIFIED_MS,
};

const weak: Partial<PreconditionFacts> = { entityTag: 'W/"now"' };
const part: Partial<PreconditionFacts> = { range: 'bytes=0-1' };

const table: [clause: string, sentence: string, facts: Partial<PreconditionFacts>, expected: string][] = [
  ['§13.2.2', 'sends where nothing is asked', {}, 'send noRange'],

  ['§13.1.1', 'If-Match holds for the current tag', { ifMatch: '"now"' }, 'send noRange'],
  ['§13.1.1', 'If-Match holds for one of several', { ifMatch: '"old", "now"' }, 'send noRange'],
  ['§13.1.1', 'If-Match: * holds for anything that exists', { ifMatch: '*' }, 'send noRange'],
  ['§13.1.1', 'If-Match: * holds for a weak tag too', { ...weak, ifMatch: '*' }, 'send noRange'],
  ['§13.1.1', 'If-Match fails for another tag', { ifMatch: '"old"' }, 'preconditionFailed ifMatch'],
  [
    '§13.1.1',
    'If-Match compares strongly: a weak tag sent fails',
    { ifMatch: 'W/"now"' },
    'preconditionFailed ifMatch',
  ],
  [
    '§13.1.1',
    'If-Match compares strongly: a weak current tag fails',
    { ...weak, ifMatch: 'W/"now"' },
    'preconditionFailed ifMatch',
  ],
  ['§13.1.1', 'a quoted star is a tag, not any', { ifMatch: '"*"' }, 'preconditionFailed ifMatch'],
  [
    '§13.1.1',
    'If-Match that is malformed names nothing that we have',
    { ifMatch: 'now' },
    'preconditionFailed ifMatch',
  ],

  ['§13.1.4', 'If-Unmodified-Since holds at the same second', { ifUnmodifiedSince: SAME }, 'send noRange'],
  ['§13.1.4', 'If-Unmodified-Since holds for a later date', { ifUnmodifiedSince: LATER }, 'send noRange'],
  [
    '§13.1.4',
    'If-Unmodified-Since fails for an earlier date',
    { ifUnmodifiedSince: EARLIER },
    'preconditionFailed ifUnmodifiedSince',
  ],
  ['§13.1.4', 'If-Unmodified-Since that is no date is ignored', { ifUnmodifiedSince: 'yesterday' }, 'send noRange'],
  [
    '§13.1.4',
    'If-Unmodified-Since is ignored beside If-Match',
    { ifMatch: '"now"', ifUnmodifiedSince: EARLIER },
    'send noRange',
  ],

  ['§13.1.2', 'If-None-Match of the current tag: not modified', { ifNoneMatch: '"now"' }, 'notModified ifNoneMatch'],
  ['§13.1.2', 'the same for HEAD', { method: 'HEAD', ifNoneMatch: '"now"' }, 'notModified ifNoneMatch'],
  ['§13.1.2', 'If-None-Match compares weakly: a weak tag sent', { ifNoneMatch: 'W/"now"' }, 'notModified ifNoneMatch'],
  [
    '§13.1.2',
    'If-None-Match compares weakly: a weak current tag',
    { ...weak, ifNoneMatch: '"now"' },
    'notModified ifNoneMatch',
  ],
  ['§13.1.2', 'If-None-Match finds one of several', { ifNoneMatch: 'W/"a", "b,c" ,"now"' }, 'notModified ifNoneMatch'],
  [
    '§13.1.2',
    'If-None-Match: * is not modified where anything exists',
    { ifNoneMatch: '*' },
    'notModified ifNoneMatch',
  ],
  ['§13.1.2', 'another tag sends', { ifNoneMatch: '"old"' }, 'send noRange'],
  ['§13.1.2', 'a malformed one sends', { ifNoneMatch: 'now' }, 'send noRange'],
  ['§13.1.2', 'any other method fails instead', { method: 'PUT', ifNoneMatch: '*' }, 'preconditionFailed ifNoneMatch'],

  [
    '§13.1.3',
    'If-Modified-Since of the same second: not modified',
    { ifModifiedSince: SAME },
    'notModified ifModifiedSince',
  ],
  [
    '§13.1.3',
    'If-Modified-Since of a later date: not modified',
    { ifModifiedSince: LATER },
    'notModified ifModifiedSince',
  ],
  ['§13.1.3', 'If-Modified-Since of an earlier date sends', { ifModifiedSince: EARLIER }, 'send noRange'],
  ['§13.1.3', 'If-Modified-Since that is no date is ignored', { ifModifiedSince: '0' }, 'send noRange'],
  [
    '§13.1.3',
    'If-Modified-Since with several dates is ignored',
    { ifModifiedSince: `${SAME}, ${SAME}` },
    'send noRange',
  ],
  [
    '§13.1.3',
    'If-Modified-Since is ignored beside If-None-Match',
    { ifNoneMatch: '"old"', ifModifiedSince: SAME },
    'send noRange',
  ],
  ['§13.1.3', 'even beside a malformed If-None-Match', { ifNoneMatch: 'x', ifModifiedSince: SAME }, 'send noRange'],
  [
    '§13.1.3',
    'If-Modified-Since is ignored for other methods',
    { method: 'PUT', ifModifiedSince: SAME },
    'send noRange',
  ],

  [
    '§13.2.2',
    'If-Match is decided before If-None-Match',
    { ifMatch: '"old"', ifNoneMatch: '"now"' },
    'preconditionFailed ifMatch',
  ],
  [
    '§13.2.2',
    'both may hold, then the second decides',
    { ifMatch: '"now"', ifNoneMatch: '"now"' },
    'notModified ifNoneMatch',
  ],
  [
    '§13.2.2',
    'If-Unmodified-Since before If-None-Match',
    { ifUnmodifiedSince: EARLIER, ifNoneMatch: '"now"' },
    'preconditionFailed ifUnmodifiedSince',
  ],
  [
    '§13.2.2',
    'not modified wins over a range',
    { ...part, ifNoneMatch: '"now"', ifRange: '"now"' },
    'notModified ifNoneMatch',
  ],

  ['§14.2', 'a range is honoured', part, 'send range holds'],
  ['§14.2', 'a range is ignored for HEAD', { ...part, method: 'HEAD' }, 'send noRange'],
  ['§13.1.5', 'If-Range of the current tag honours the range', { ...part, ifRange: '"now"' }, 'send range holds'],
  ['§13.1.5', 'If-Range of another tag sends the whole', { ...part, ifRange: '"old"' }, 'send ifRange'],
  ['§13.1.5', 'If-Range compares strongly: a weak tag sent', { ...part, ifRange: 'W/"now"' }, 'send ifRange'],
  [
    '§13.1.5',
    'If-Range compares strongly: a weak current tag',
    { ...weak, ...part, ifRange: 'W/"now"' },
    'send ifRange',
  ],
  ['§13.1.5', 'If-Range takes one tag, no list', { ...part, ifRange: '"now", "old"' }, 'send ifRange'],
  ['§13.1.5', 'If-Range knows no star', { ...part, ifRange: '*' }, 'send ifRange'],
  ['§8.8.2.2', 'a date in If-Range is no strong validator', { ...part, ifRange: SAME }, 'send ifRange'],
  ['§13.1.5', 'If-Range without a range is ignored', { ifRange: '"old"' }, 'send noRange'],
];

function summarise(facts: PreconditionFacts): string {
  const decision = decidePrecondition(facts);
  return [decision.action, ...(decision.action === 'send' && decision.range ? ['range'] : []), decision.reason].join(
    ' ',
  );
}

describe('decidePrecondition', () => {
  it('answers 304 only to GET and HEAD, and honours a range only for GET', () => {
    const field = fc.option(fc.constantFrom('*', '"now"', 'W/"now"', '"old"', SAME, EARLIER, LATER, 'junk', ''), {
      nil: null,
    });
    const facts = fc.record({
      method: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE'),
      ifMatch: field,
      ifUnmodifiedSince: field,
      ifNoneMatch: field,
      ifModifiedSince: field,
      range: field,
      ifRange: field,
      entityTag: fc.constantFrom('"now"', 'W/"now"'),
      lastModifiedMs: fc.constant(LAST_MODIFIED_MS),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const decision = decidePrecondition(given);
        if (decision.action === 'notModified') assert.ok(given.method === 'GET' || given.method === 'HEAD');
        if (decision.action === 'send' && decision.range) assert.equal(given.method, 'GET');
        // §13.2.2 as a whole: whatever comes later is not reached once an earlier field has failed.
        if (given.ifMatch === '"old"') assert.equal(decision.reason, 'ifMatch');
      }),
    );
  });

  for (const [clause, sentence, facts, expected] of table) {
    it(`${clause}: ${sentence}`, () => assert.equal(summarise({ ...plain, ...facts }), expected));
  }
});
