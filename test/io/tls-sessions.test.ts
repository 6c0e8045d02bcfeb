// Remembered TLS sessions against a model: the newest of each peer, of the peers that were used last.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { TlsSessions } from '#src/io/tls-sessions.js';

const peer = fc.constantFrom('a:1', 'b:1', 'c:1', 'd:1', 'e:1');
const command = fc.oneof(
  fc.record({ do: fc.constant('remember' as const), peer }),
  fc.record({ do: fc.constant('take' as const), peer }),
  fc.record({ do: fc.constantFrom('forgetNewest' as const, 'forgetOlder' as const), peer }),
);

describe('remembered TLS sessions', () => {
  test('are the newest of each peer, never more than the bound, and those used last stay', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 50 }), fc.integer({ min: 1, max: 4 }), (commands, bound) => {
        const sessions = new TlsSessions(bound);
        /** In order of last use. */
        let model: { peer: string; session: Buffer }[] = [];
        for (const step of commands) {
          const known = model.find((entry) => entry.peer === step.peer);
          if (step.do === 'remember') {
            const session = Buffer.from('ticket');
            sessions.remember(step.peer, session);
            model = [...model.filter((entry) => entry !== known), { peer: step.peer, session }].slice(-bound);
          } else if (step.do === 'take') {
            assert.equal(sessions.take(step.peer), known?.session);
            if (known !== undefined) model = [...model.filter((entry) => entry !== known), known];
          } else if (step.do === 'forgetNewest') {
            if (known !== undefined) sessions.forget(step.peer, known.session);
            model = model.filter((entry) => entry !== known);
          } else {
            sessions.forget(step.peer, Buffer.from('ticket'));
          }
          assert.equal(sessions.count, model.length);
        }
        for (const entry of model) assert.equal(sessions.take(entry.peer), entry.session);
      }),
    );
  });
});
