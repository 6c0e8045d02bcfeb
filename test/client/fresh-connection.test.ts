// A connection that is opened for a request was never idle, however long it takes from one line of code to the next.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionLostError, Session } from '#src/client/index.js';
import { ManualClock } from '#src/testing/index.js';
import { MemoryOpener } from './memory-opener.ts';

/** As the machine's clock: it never says the same twice. */
class TickingClock extends ManualClock {
  #readings = 0;

  override nowMs(): number {
    this.#readings += 1;
    return super.nowMs() + this.#readings / 1_000;
  }
}

/** What is known of a request whose connection ends without an answer as soon as it has arrived. */
async function lose(session: Session, opener: MemoryOpener, method: string): Promise<ConnectionLostError> {
  const outcome = session.request('/', { method }).then(
    () => assert.fail('it was answered'),
    (error: unknown) => error,
  );
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    opener.deliverAll();
  }
  const error = await outcome;
  assert.ok(error instanceof ConnectionLostError);
  return error;
}

function openSession(): { session: Session; opener: MemoryOpener } {
  const opener = new MemoryOpener((transport) => {
    transport.attach({
      onTransportData: () => transport.end(),
      onTransportEnd: () => {},
      onTransportDrain: () => {},
      onTransportClosed: () => {},
    });
  });
  const session = new Session({ baseUrl: 'http://origin.test', clock: new TickingClock(), opener });
  return { session, opener };
}

test('the evidence of a loss on a new connection says that it was new', async () => {
  const { session, opener } = openSession();
  const { evidence, message } = await lose(session, opener, 'POST');
  assert.deepEqual({ reused: evidence.reused, idleMs: evidence.idleMs }, { reused: false, idleMs: 0 });
  assert.match(message, /connection 1, new/);
  session.destroy();
});

test('a request that loses two new connections is not sent a third time', async () => {
  const { session, opener } = openSession();
  const { evidence, message } = await lose(session, opener, 'GET');
  assert.deepEqual(
    { attempts: evidence.attempts, safeToRetry: evidence.safeToRetry },
    { attempts: 2, safeToRetry: true },
  );
  assert.match(message, /new connections were lost under it twice/);
  session.destroy();
});
