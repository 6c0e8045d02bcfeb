// decidePersistence against the rules that it stands for, written down once more and in another way, over all combinations.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CloseReason } from '#src/http/close-reason.js';
import { decidePersistence } from '#src/wire/index.js';
import type { PersistenceFacts } from '#src/wire/index.js';

/** One rule: when it applies and what it says. The first that applies wins. */
interface Rule {
  readonly applies: (facts: PersistenceFacts) => boolean;
  readonly reason: (facts: PersistenceFacts) => CloseReason | undefined;
}

const peer = ({ role }: PersistenceFacts): 'request' | 'response' => (role === 'server' ? 'request' : 'response');

/** In the order and the words of the rules of persistence. */
const RULES: readonly Rule[] = [
  // 1. A syntax error, or any doubt about where the message ends.
  { applies: (facts) => facts.doubt !== undefined, reason: (facts) => facts.doubt },
  // 2. The response is delimited by the end of the connection.
  { applies: (facts) => facts.responseUntilClose, reason: () => 'bodyUntilClose' },
  // 3. Draining, keep-alive off, request limit, maximum age, shedding.
  { applies: (facts) => facts.policyReason !== undefined, reason: (facts) => facts.policyReason },
  // 4. Either side sent `close`; it always beats `keep-alive`. The request came first, so it gives the reason where both did.
  {
    applies: (facts) => facts.requestClose || facts.responseClose,
    reason: (facts) => {
      const closer = facts.requestClose ? 'request' : 'response';
      return closer === peer(facts) ? 'peerSentClose' : 'weSentClose';
    },
  },
  // 5. HTTP/1.0 persists only if the peer sent `keep-alive`; HTTP/1.1 persists.
  {
    applies: (facts) => facts[`${peer(facts)}MinorVersion`] === 0 && !facts[`${peer(facts)}KeepAlive`],
    reason: () => 'http10WithoutKeepAlive',
  },
  // 6. The request body was not read to its end.
  { applies: (facts) => facts.requestBodyUnread, reason: () => 'bodyNotConsumed' },
];

function* allFacts(): Generator<PersistenceFacts> {
  const flags = [
    'responseUntilClose',
    'requestClose',
    'requestKeepAlive',
    'responseClose',
    'responseKeepAlive',
    'requestBodyUnread',
  ] as const;
  for (const role of ['server', 'client'] as const) {
    for (const doubt of [undefined, 'protocolError', 'framingDoubt'] as const) {
      for (const policyReason of [undefined, 'draining', 'maxRequests', 'upgraded'] as const) {
        for (let versions = 0; versions < 9; versions += 1) {
          for (let bits = 0; bits < 2 ** flags.length; bits += 1) {
            const values = Object.fromEntries(flags.map((flag, at) => [flag, (bits & (1 << at)) !== 0]));
            yield {
              role,
              doubt,
              policyReason,
              requestMinorVersion: versions % 3,
              responseMinorVersion: Math.floor(versions / 3),
              ...(values as Record<(typeof flags)[number], boolean>),
            };
          }
        }
      }
    }
  }
}

describe('decidePersistence', () => {
  test('follows the rules in their order, for every combination of facts', () => {
    const used = new Map<number, number>();
    for (const facts of allFacts()) {
      const index = RULES.findIndex((rule) => rule.applies(facts));
      used.set(index, (used.get(index) ?? 0) + 1);
      assert.equal(decidePersistence(facts), RULES[index]?.reason(facts), JSON.stringify(facts));
    }
    assert.equal(used.size, RULES.length + 1, 'every rule, and persistence itself, was met');
  });

  test('never keeps a connection that one more fact speaks against', () => {
    for (const facts of allFacts()) {
      if (decidePersistence(facts) === undefined) continue;
      for (const more of [
        { doubt: 'framingDoubt' },
        { responseUntilClose: true },
        { policyReason: 'draining' },
        { requestClose: true },
        { responseClose: true },
        { requestBodyUnread: true },
      ] as const) {
        assert.notEqual(decidePersistence({ ...facts, ...more }), undefined);
      }
    }
  });
});
