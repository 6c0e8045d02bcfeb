// What every transport promises, written once: run it over memory, over faults that do nothing, and over real sockets.
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { Transport } from '#src/io/transport.js';
import { RecordingSink } from './recording-sink.ts';

/** Two transports joined to each other. */
export interface JoinedTransports {
  readonly one: Transport;
  readonly other: Transport;
  /** Lets things happen until the condition holds; rejects where it never does. */
  readonly settle: (condition: () => boolean) => Promise<void>;
}

function reset(sink: RecordingSink): boolean {
  return sink.log.some((event) => event.startsWith('closed:'));
}

/** Tests the promises of {@link Transport}. `join` makes a new connection and cleans up after the test. */
export function describeTransport(name: string, join: (context: TestContext) => Promise<JoinedTransports>): void {
  describe(name, () => {
    test('bytes arrive whole and in order, in both directions', async (context) => {
      const { one, other, settle } = await join(context);
      const atOne = new RecordingSink();
      const atOther = new RecordingSink();
      one.attach(atOne);
      other.attach(atOther);
      one.write('GET / ');
      one.write(Buffer.from('HTTP/1.1\r\n'));
      other.write('\xff\x00\x80');
      await settle(() => atOther.received.length === 16 && atOne.received.length === 3);
      assert.equal(atOther.received, 'GET / HTTP/1.1\r\n');
      assert.equal(atOne.received, '\xff\x00\x80');
    });

    test('a transport that sent FIN still reads, and both ends close once both sent it', async (context) => {
      const { one, other, settle } = await join(context);
      const atOne = new RecordingSink();
      const atOther = new RecordingSink();
      one.attach(atOne);
      other.attach(atOther);
      one.write('request');
      one.end();
      await settle(() => atOther.log.includes('end'));
      assert.deepEqual(atOther.log, ['data:request', 'end']);
      other.write('answer');
      other.end();
      await settle(() => atOne.log.includes('closed') && atOther.log.includes('closed'));
      assert.deepEqual(atOne.log, ['data:answer', 'end', 'closed']);
      assert.deepEqual(atOther.log, ['data:request', 'end', 'closed']);
    });

    test('a reset reaches the peer as ECONNRESET and its own end as an orderly one', async (context) => {
      const { one, other, settle } = await join(context);
      const atOne = new RecordingSink();
      const atOther = new RecordingSink();
      one.attach(atOne);
      other.attach(atOther);
      one.reset();
      await settle(() => atOne.log.includes('closed') && reset(atOther));
      assert.deepEqual(atOne.log, ['closed']);
      assert.deepEqual(atOther.log, ['closed:read ECONNRESET']);
      assert.equal((atOther.error as NodeJS.ErrnoException).code, 'ECONNRESET');
      assert.equal((atOther.error as NodeJS.ErrnoException).syscall, 'read');
      assert.equal(other.failure, atOther.error);
      assert.equal(one.failure, undefined);
    });

    test('a destroyed transport sends FIN where it had read everything', async (context) => {
      const { one, other, settle } = await join(context);
      const atOne = new RecordingSink();
      const atOther = new RecordingSink();
      one.attach(atOne);
      other.attach(atOther);
      one.destroy();
      await settle(() => atOne.log.includes('closed') && atOther.log.includes('end'));
      assert.deepEqual(atOne.log, ['closed']);
      other.end();
      await settle(() => atOther.log.includes('closed'));
      assert.deepEqual(atOther.log, ['end', 'closed']);
    });

    test('behind the FIN of a peer that is gone the first write is taken and a later one fails', async (context) => {
      const { one, other, settle } = await join(context);
      const atOther = new RecordingSink();
      one.attach(new RecordingSink());
      other.attach(atOther);
      one.destroy();
      await settle(() => atOther.log.includes('end'));
      assert.equal(other.write('too late'), true);
      assert.equal(other.failure, undefined);
      let known: NodeJS.ErrnoException | undefined;
      await settle(() => {
        if (other.write('later still')) return false;
        known = other.failure;
        assert.deepEqual(atOther.log, ['end'], 'the failure is known before it is told');
        return true;
      });
      assert.equal(known?.syscall, 'write');
      assert.equal(known?.code, 'EPIPE');
      await settle(() => atOther.log.length > 1);
      assert.deepEqual(atOther.log, ['end', 'closed:write EPIPE']);
      assert.equal(atOther.error, known);
      assert.equal(other.failure, known);
    });

    test('a paused transport is told nothing until it resumes', async (context) => {
      const { one, other, settle } = await join(context);
      const atOther = new RecordingSink();
      const atOne = new RecordingSink();
      one.attach(atOne);
      other.attach(atOther);
      other.pause();
      one.write('kept');
      one.end();
      other.write('proof that time passed');
      await settle(() => atOne.received === 'proof that time passed');
      assert.deepEqual(atOther.log, []);
      other.resume();
      await settle(() => atOther.log.includes('end'));
      assert.deepEqual(atOther.log, ['data:kept', 'end']);
    });

    test('write returns false above the high-water mark and drain follows once the peer took everything', async (context) => {
      const { one, other, settle } = await join(context);
      const atOne = new RecordingSink();
      const atOther = new RecordingSink();
      one.attach(atOne);
      other.attach(atOther);
      other.pause();
      const piece = Buffer.alloc(1_048_576, 'x');
      let writtenBytes = 0;
      // What the kernels of both sides take without a reader is bounded; 64 MiB is beyond what any of them is set to.
      for (let full = false; !full && writtenBytes < 67_108_864; writtenBytes += piece.length) full = !one.write(piece);
      one.write(piece);
      writtenBytes += piece.length;
      assert.ok(one.pendingBytes > 0);
      assert.deepEqual(atOne.log, []);
      other.resume();
      await settle(() => atOther.pieces.reduce((sum, bytes) => sum + bytes.length, 0) === writtenBytes);
      await settle(() => atOne.log.length > 0);
      assert.deepEqual(atOne.log, ['drain']);
      assert.equal(one.pendingBytes, 0);
    });

    test('a sink may end the connection in the middle of being told something', async (context) => {
      const { one, other, settle } = await join(context);
      const atOther: RecordingSink = new RecordingSink((event) => {
        if (event === 'data:stop') other.destroy();
      });
      one.attach(new RecordingSink());
      other.attach(atOther);
      one.write('stop');
      await settle(() => atOther.log.includes('closed'));
      assert.deepEqual(atOther.log, ['data:stop', 'closed']);
    });
  });
}
