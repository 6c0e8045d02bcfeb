// The sentences of lost connections: each says what happened, why the request was not sent again, and what to do.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeLoss } from '#src/client/policy/describe-loss.js';
import { RETRY_REFUSALS } from '#src/client/policy/retry.js';
import type { RetryRefusal } from '#src/client/policy/retry.js';
import type { LossEvidence, LossKind } from '#src/errors.js';

const evidence: LossEvidence = {
  kind: 'fin',
  method: 'POST',
  connectionId: 7,
  reused: true,
  idleMs: 4012.4,
  bytesSent: 312,
  requestComplete: true,
  responseBytes: 0,
  serverAdvertised: { timeoutMs: 5000, max: 99 },
  safeToRetry: false,
  attempts: 1,
};
const url = 'https://api.example.com/orders';

describe('describeLoss', () => {
  test('tells of a POST that met the end of an idle connection', () => {
    assert.equal(
      describeLoss({ evidence, url, refusal: 'mayHaveBeenExecuted' }),
      'POST https://api.example.com/orders: the server closed the connection before any byte of the response' +
        ' (connection 7, reused after 4012 ms idle, the server promised timeout=5, max=99).' +
        ' Not sent again: it is not idempotent, and the server may have executed it.' +
        ' To do: if a repetition does no harm, set idempotent: true or send an Idempotency-Key field;' +
        " nonIdempotent: 'fresh' keeps such requests off reused connections.",
    );
  });

  test('tells of a new connection, a deadline, an attempt and how far it got', () => {
    const lost = { ...evidence, kind: 'timeout', reused: false, attempts: 3, serverAdvertised: undefined } as const;
    const message = describeLoss({ evidence: lost, url, refusal: 'freshConnectionSilent', timeoutMs: 60_000 });
    assert.match(
      message,
      /: the server stayed silent for 60000 ms at attempt 3 before any byte .* \(connection 7, new\)\./,
    );
    const half = { ...lost, kind: 'reset', requestComplete: false } as const;
    assert.match(
      describeLoss({ evidence: half, url, refusal: 'retriesExhausted' }),
      /the connection was reset at attempt 3 when 312 bytes of the request were sent /,
    );
    assert.match(
      describeLoss({ evidence: { ...half, responseBytes: 9 }, url, refusal: 'responseBegan' }),
      / after 9 bytes of the response /,
    );
  });

  test('says something of its own for each event and each refusal', () => {
    const kinds: LossKind[] = ['fin', 'reset', 'writeFailed', 'timeout', 'protocolError', 'requestTimeout'];
    const refusals = Object.keys(RETRY_REFUSALS) as RetryRefusal[];
    const messages = kinds.flatMap((kind) =>
      refusals.map((refusal) => describeLoss({ evidence: { ...evidence, kind }, url, refusal })),
    );
    for (const message of messages) {
      assert.match(
        message,
        /^POST https:\/\/api\.example\.com\/orders: [^.]+ \(connection 7, .*\)\. Not sent again: .+\. To do: .+\.$/,
      );
      assert.doesNotMatch(message, /undefined|\.\.|\bNaN\b/);
    }
    // Two of the refusals have the same remedy, none the same reason.
    assert.equal(new Set(messages).size, messages.length);
  });
});
