// decideRetry against the table of what may be sent again, written down once more and in another way, over all combinations of facts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideRetry, decideSafeToRetry, RETRY_CAUSES, RETRY_REFUSALS } from '#src/client/policy/retry.js';
import type { RetryFacts, RetryRefusal } from '#src/client/policy/retry.js';
import type { RetryCause } from '#src/trace.js';

type Outcome = RetryCause | RetryRefusal;

/** A row of the table: when it applies, and what happens to an idempotent request and to any other. The first that applies counts. */
interface Row {
  readonly what: string;
  readonly applies: (facts: RetryFacts) => boolean;
  readonly idempotent: Outcome;
  readonly other: Outcome;
}

const isAnswered = (facts: RetryFacts): boolean => facts.event === 'requestTimeout';
const isAtHead = (facts: RetryFacts): boolean => !facts.pipelinedBehind;
const isFreshAtHead = (facts: RetryFacts): boolean => !facts.reused && isAtHead(facts);

const ROWS: readonly Row[] = [
  {
    what: 'no connection could be opened',
    applies: ({ event }) => event === 'connectFailed',
    idempotent: 'connectFailed',
    other: 'connectFailed',
  },
  {
    what: 'a 408 on a fresh connection',
    applies: (facts) => isAnswered(facts) && !facts.reused,
    idempotent: 'requestTimeoutOnFreshConnection',
    other: 'requestTimeoutOnFreshConnection',
  },
  {
    what: 'a 408 without close',
    applies: (facts) => isAnswered(facts) && !facts.saysClose,
    idempotent: 'requestTimeoutWithoutClose',
    other: 'requestTimeoutWithoutClose',
  },
  {
    what: 'a 408 with close that began before the request was complete',
    applies: (facts) =>
      isAnswered(facts) && (facts.beganBeforeComplete || !facts.requestComplete || facts.nothingAccepted),
    idempotent: 'requestTimeout',
    other: 'requestTimeout',
  },
  {
    what: 'a 408 with close after the request was complete',
    applies: isAnswered,
    idempotent: 'requestTimeout',
    other: 'mayHaveBeenExecuted',
  },
  {
    what: 'what came was no HTTP',
    applies: (facts) =>
      facts.event === 'protocolError' && isAtHead(facts) && (facts.responseBytes > 0 || isFreshAtHead(facts)),
    idempotent: 'protocolError',
    other: 'protocolError',
  },
  {
    what: 'some response bytes arrived',
    applies: ({ responseBytes }) => responseBytes > 0,
    idempotent: 'responseBegan',
    other: 'responseBegan',
  },
  {
    what: 'the write itself failed and nothing was accepted',
    applies: ({ nothingAccepted }) => nothingAccepted,
    idempotent: 'writeFailed',
    other: 'writeFailed',
  },
  {
    what: 'a fresh connection stays silent',
    applies: (facts) => isFreshAtHead(facts) && facts.event === 'timeout' && !facts.requestComplete,
    idempotent: 'freshConnectionSilent',
    other: 'freshConnectionSilent',
  },
  {
    what: 'a fresh connection stays silent after the request',
    applies: (facts) => isFreshAtHead(facts) && facts.event === 'timeout',
    idempotent: 'freshConnectionSilent',
    other: 'mayHaveBeenExecuted',
  },
  {
    what: 'the second fresh connection ended within the request',
    applies: (facts) => isFreshAtHead(facts) && facts.freshLosses > 0 && !facts.requestComplete,
    idempotent: 'freshConnectionLost',
    other: 'freshConnectionLost',
  },
  {
    what: 'the second fresh connection ended before any response byte',
    applies: (facts) => isFreshAtHead(facts) && facts.freshLosses > 0,
    idempotent: 'freshConnectionLost',
    other: 'mayHaveBeenExecuted',
  },
  {
    what: 'the connection ended within the request, e.g. while its last byte was held back',
    applies: ({ requestComplete }) => !requestComplete,
    idempotent: 'requestIncomplete',
    other: 'requestIncomplete',
  },
  {
    what: 'the connection ended under a request before it',
    applies: ({ pipelinedBehind }) => pipelinedBehind,
    idempotent: 'pipelineBroken',
    other: 'mayHaveBeenExecuted',
  },
  {
    what: 'a reused connection stays silent',
    applies: ({ event }) => event === 'timeout',
    idempotent: 'silent',
    other: 'mayHaveBeenExecuted',
  },
  {
    what: 'the connection ended after the request and before any response byte',
    applies: () => true,
    idempotent: 'endedBeforeResponse',
    other: 'mayHaveBeenExecuted',
  },
];

const isCause = (outcome: Outcome): outcome is RetryCause => Object.hasOwn(RETRY_CAUSES, outcome);

/** The row, then what ends every row that would send it again. */
function expectedOutcome(facts: RetryFacts, row: Row): Outcome {
  const outcome = facts.idempotent ? row.idempotent : row.other;
  if (!isCause(outcome)) return outcome;
  if (!facts.bodyReplayable) return 'bodyNotReplayable';
  return facts.retries < facts.maxRetries ? outcome : 'retriesExhausted';
}

const EVENTS = ['connectFailed', 'fin', 'reset', 'writeFailed', 'timeout', 'protocolError', 'requestTimeout'] as const;
const FLAGS = [
  'idempotent',
  'reused',
  'nothingAccepted',
  'requestComplete',
  'bodyReplayable',
  'saysClose',
  'beganBeforeComplete',
  'pipelinedBehind',
] as const;

function* allFacts(): Generator<RetryFacts> {
  for (const event of EVENTS) {
    for (let bits = 0; bits < 2 ** FLAGS.length; bits += 1) {
      const flags = Object.fromEntries(FLAGS.map((flag, at) => [flag, (bits & (1 << at)) !== 0]));
      for (const responseBytes of [0, 1]) {
        for (const freshLosses of [0, 1, 2]) {
          for (const [retries, maxRetries] of [
            [0, 0],
            [0, 1],
            [1, 1],
            [1, 2],
            [9, Infinity],
          ] as const) {
            yield {
              ...(flags as Record<(typeof FLAGS)[number], boolean>),
              event,
              responseBytes,
              freshLosses,
              retries,
              maxRetries,
            };
          }
        }
      }
    }
  }
}

const FACTS: readonly RetryFacts[] = [...allFacts()];

const outcomeOf = (facts: RetryFacts): Outcome => {
  const decision = decideRetry(facts);
  return decision.retry ? decision.cause : decision.reason;
};

describe('decideRetry', () => {
  test('follows the table, for every combination of facts', () => {
    const met = new Set<string>();
    for (const facts of FACTS) {
      const row = ROWS.find(({ applies }) => applies(facts))!;
      const expected = expectedOutcome(facts, row);
      met.add(row.what).add(expected);
      if (outcomeOf(facts) !== expected) assert.equal(outcomeOf(facts), expected, JSON.stringify(facts));
    }
    const everything = [...ROWS.map(({ what }) => what), ...Object.keys(RETRY_CAUSES), ...Object.keys(RETRY_REFUSALS)];
    assert.deepEqual(
      everything.filter((name) => !met.has(name)),
      [],
      'every row, every cause and every refusal was met',
    );
  });

  test('never sends a request that is not idempotent again unless the server cannot have executed it', () => {
    for (const facts of FACTS) {
      if (facts.idempotent || !decideRetry(facts).retry) continue;
      const isUnexecuted =
        facts.event === 'connectFailed' ||
        facts.nothingAccepted ||
        !facts.requestComplete ||
        (facts.event === 'requestTimeout' && facts.beganBeforeComplete);
      if (!isUnexecuted) assert.fail(JSON.stringify(facts));
    }
  });

  test('sends nothing again whose response had begun, but for the 408 that ends an idle connection', () => {
    for (const facts of FACTS) {
      if (facts.responseBytes === 0 || facts.event === 'connectFailed' || !decideRetry(facts).retry) continue;
      if (facts.event !== 'requestTimeout' || !facts.reused || !facts.saysClose) assert.fail(JSON.stringify(facts));
    }
  });

  test('sends no body again that cannot be produced again', () => {
    for (const facts of FACTS) {
      if (!facts.bodyReplayable && decideRetry(facts).retry) assert.fail(JSON.stringify(facts));
    }
  });

  test('ends: each request is sent again maxRetries times at most, and more retries allow no less', () => {
    for (const facts of FACTS) {
      const decision = decideRetry(facts);
      if (facts.retries >= facts.maxRetries) assert.equal(decision.retry, false);
      const generous = decideRetry({ ...facts, maxRetries: facts.maxRetries + 1 });
      if (decision.retry && generous !== decision) assert.fail(JSON.stringify(facts));
      const isBudget = !decision.retry && decision.reason === 'retriesExhausted';
      if (!decision.retry && !isBudget && generous !== decision) assert.fail(JSON.stringify(facts));
    }
  });

  test('never refuses because a request is idempotent, its connection was reused, or less of it was sent', () => {
    for (const facts of FACTS) {
      if (!decideRetry(facts).retry) continue;
      for (const better of [
        { idempotent: true },
        { nothingAccepted: true },
        { requestComplete: false },
        { reused: true },
        { freshLosses: 0 },
        { beganBeforeComplete: true },
      ]) {
        if (!decideRetry({ ...facts, ...better }).retry) assert.fail(JSON.stringify({ facts, better }));
      }
    }
  });

  test('gives the same frozen object for the same decision', () => {
    const seen = new Map<Outcome, object>();
    for (const facts of FACTS) {
      const decision = decideRetry(facts);
      const outcome = outcomeOf(facts);
      if ((seen.get(outcome) ?? decision) !== decision) assert.fail(outcome);
      seen.set(outcome, decision);
    }
    for (const decision of seen.values()) assert.ok(Object.isFrozen(decision));
  });
});

describe('decideSafeToRetry', () => {
  test('calls everything safe that is sent again', () => {
    for (const facts of FACTS) {
      if (decideRetry(facts).retry && !decideSafeToRetry(facts)) assert.fail(JSON.stringify(facts));
    }
  });

  test('does not depend on our own means: retries, body, or the age of the connection', () => {
    for (const facts of FACTS) {
      const other = { retries: 0, maxRetries: 0, freshLosses: 0, bodyReplayable: false, reused: false };
      if (decideSafeToRetry(facts) !== decideSafeToRetry({ ...facts, ...other })) assert.fail(JSON.stringify(facts));
    }
  });

  test('calls no complete request safe that the server may have executed', () => {
    for (const facts of FACTS) {
      if (facts.idempotent || facts.event === 'connectFailed' || facts.nothingAccepted || !facts.requestComplete)
        continue;
      const isEarlyTimeout = facts.event === 'requestTimeout' && facts.beganBeforeComplete;
      if (decideSafeToRetry(facts) !== isEarlyTimeout) assert.fail(JSON.stringify(facts));
    }
  });

  test('does not call half a request safe that was answered: the server acted on that half', () => {
    for (const event of ['fin', 'reset', 'timeout', 'protocolError'] as const) {
      const facts: RetryFacts = {
        event,
        idempotent: false,
        reused: true,
        nothingAccepted: false,
        requestComplete: false,
        responseBytes: 12,
        bodyReplayable: true,
        retries: 0,
        maxRetries: 2,
        freshLosses: 0,
        saysClose: false,
        beganBeforeComplete: false,
        pipelinedBehind: false,
      };
      assert.equal(decideSafeToRetry(facts), false);
      assert.equal(decideSafeToRetry({ ...facts, responseBytes: 0 }), true);
    }
  });
});
