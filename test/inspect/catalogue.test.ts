// The words of the catalogue: complete, of a length that is read, and without terms that nobody has explained.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CATALOGUE, CHECK_IDS, FINDING_IDS } from '#src/inspect/index.js';

/** Terms that stand in an explanation only beside words that explain them. */
const EXPLAINED: readonly (readonly [RegExp, RegExp])[] = [
  [/\breset\b/, /by force|break of the connection|connection reset/],
  [/\bHEAD\b/, /page without the page/],
  [/\bchunked\b/, /in pieces/],
  [/pipelin/i, /without waiting/],
  [/\b304\b/, /status 304 a server says/],
  [/\b408\b/, /took too long/],
  [/\b50[24]\b/, /error page/],
  [/\bGOAWAY\b/, /message called GOAWAY/],
  [/\bPING\b/, /small message/],
  [/close_notify/, /an end of its own/],
  [/Keep-Alive field/, /promise|how (?:long|many)|speaks of|stop using|neither a readable/],
  [/smuggling/, /request/],
  [/Slowloris/, /attack/],
  [/trailers/, /more fields/],
  [/\bHost field\b/, /which site is meant/],
  [/Transfer-Encoding/, /in pieces/],
  [/Content-Length(?! :)/, /how long|takes it for Content-Length/],
  [/Alt-Svc/, /can also be reached/],
  [/IPv[46]/, /address/],
];

/** Terms for which there are plain words. */
const JARGON =
  /\b(?:FIN|RST|ACK|ALPN|SNI|RTT|TTL|MTU|SETTINGS|handshake|hop|peer|socket|keepalive|middlebox|upstream)\b/;

const SOFTWARE: Readonly<Record<string, RegExp>> = {
  nginx: /^[a-z0-9_]+ [^;]+;$/,
  Apache: /^[A-Z][A-Za-z0-9]+ \S/,
  HAProxy: /^(?:no option|option|timeout|tune\.|bind|ssl-default-bind-options) ?\S/,
  'Node.js': /^(?:server\.\w+ = |https?2?\.create(?:Secure)?Server\(\{ )/,
  perdura: /^\w+: /,
};

describe('the catalogue of findings', () => {
  for (const id of FINDING_IDS) {
    const { title, explanation, rfc, remedy, settings, seenBy } = CATALOGUE[id];
    test(`${id} says what it means, what to do, and where that stands`, () => {
      assert.match(id, /^[a-z0-9]+(?:-[a-z0-9]+)+$/);
      assert.match(title, /^(?:It|Its|The|Not|Using) [^!?]{10,90}[^.]$/);
      assert.match(rfc, /^(?:RFC \d{4} §\d+(?:\.\d+)*)?$/);
      assert.match(remedy, /^[A-Z].{10,200}\.$/);
      assert.ok(seenBy.length > 0 && seenBy.every((check) => CHECK_IDS.includes(check)));
      assert.ok(settings.length <= 8);
    });

    test(`${id} is explained in plain words`, () => {
      assert.ok(explanation.length >= 80 && explanation.length <= 700, String(explanation.length));
      const sentences = explanation.split(/[.:;]\s/).length;
      assert.ok(sentences >= 2 && sentences <= 8, String(sentences));
      assert.match(explanation, /^[A-Z].*\.$/);
      assert.doesNotMatch(explanation, JARGON);
      for (const [term, words] of EXPLAINED) {
        if (term.test(explanation)) assert.match(explanation, words, `${String(term)} is not explained`);
      }
    });

    test(`${id} names settings of real software, as they are written there`, () => {
      for (const { software, setting } of settings) assert.match(setting, SOFTWARE[software] ?? /^$/, software);
      const texts = settings.map(({ software, setting }) => `${software} ${setting}`);
      assert.equal(new Set(texts).size, texts.length);
    });
  }

  test('every term that is watched stands somewhere', () => {
    const all = FINDING_IDS.map((id) => CATALOGUE[id].explanation);
    assert.deepEqual(
      EXPLAINED.filter(([term]) => !all.some((explanation) => term.test(explanation))).map(([term]) => String(term)),
      [],
    );
  });

  test('what Go, Node.js, HAProxy or nginx do as they come, and what loses no request by itself, fails no build', () => {
    const trifles = ['accepts-length-beside-chunked', 'accepts-repeated-host', 'accepts-bare-line-feed'] as const;
    for (const id of trifles) assert.notEqual(CATALOGUE[id].level, 'bad', id);
  });

  test('no two findings have the same title', () => {
    assert.equal(new Set(FINDING_IDS.map((id) => CATALOGUE[id].title)).size, FINDING_IDS.length);
  });
});
