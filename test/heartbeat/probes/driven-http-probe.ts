// httpProbe over connections in memory and a clock that stands still: the test is the server, and decides what arrives when.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { httpProbe } from '#src/heartbeat/index.js';
import type { Acknowledgement, HttpProbeOptions, Probe } from '#src/heartbeat/index.js';
import type { Transport } from '#src/io/index.js';
import { ManualClock } from '#src/testing/index.js';
import { MemoryOpener } from '../../client/memory-opener.ts';
import { RecordingProbeSink } from './recording-probe-sink.ts';

/** What became of a signal. */
export type SignalOutcome = Acknowledgement | Error;

/** What a signal failed with. */
export function reasonOf(outcome: SignalOutcome | undefined): string {
  return outcome instanceof Error ? outcome.message : 'it did not fail';
}

/** Over which connection it was acknowledged. */
export function connectionOf(outcome: SignalOutcome | undefined): string | undefined {
  return outcome instanceof Error ? outcome.message : outcome?.connection;
}

/** The server's end of one connection. */
export interface ServerEnd {
  readonly transport: Transport;
  /** Heads of requests that arrived, without their empty line. */
  readonly requests: string[];
  hasEnded: boolean;
}

/** See the head of the file. */
export class DrivenHttpProbe {
  readonly clock: ManualClock = new ManualClock();
  readonly sink: RecordingProbeSink = new RecordingProbeSink();
  readonly opener: MemoryOpener;
  readonly probe: Probe;
  readonly ends: ServerEnd[] = [];

  constructor(options: HttpProbeOptions = {}, url = 'http://peer.test/') {
    this.opener = new MemoryOpener((transport) => void this.ends.push(serve(transport)));
    this.probe = httpProbe(url, { opener: this.opener, clock: this.clock, ...options });
    this.probe.attach?.(this.sink);
  }

  /** The server's end of the newest connection. */
  get server(): ServerEnd {
    const end = this.ends.at(-1);
    if (end === undefined) throw new Error('no connection was opened');
    return end;
  }

  /** Sends a signal and lets its request arrive. */
  async signal(deadline: AbortSignal = new AbortController().signal): Promise<Promise<SignalOutcome>[]> {
    const outcome = this.probe.send(deadline).then(
      (acknowledgement) => acknowledgement ?? {},
      (error: unknown) => error as Error,
    );
    await this.settle();
    // In a list, because a promise that is returned is waited for.
    return [outcome];
  }

  /** A signal that is answered at once by the text. */
  async exchange(answer: string): Promise<SignalOutcome> {
    const [outcome] = await this.signal();
    await this.say(answer);
    return outcome!;
  }

  /** The server says this on the newest connection. */
  async say(text: string): Promise<void> {
    this.server.transport.write(text);
    await this.settle();
  }

  /** Everything that is in flight arrives. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3;) {
      await nextTurn();
      quiet = this.opener.deliverAll() === 0 ? quiet + 1 : 0;
    }
  }
}

function serve(transport: Transport): ServerEnd {
  const end: ServerEnd = { transport, requests: [], hasEnded: false };
  let unread = '';
  transport.attach({
    onTransportData: (bytes) => {
      unread += bytes.toString('latin1');
      for (let at = unread.indexOf('\r\n\r\n'); at >= 0; at = unread.indexOf('\r\n\r\n')) {
        end.requests.push(unread.slice(0, at));
        unread = unread.slice(at + 4);
      }
    },
    onTransportEnd: () => {
      end.hasEnded = true;
    },
    onTransportDrain: () => {},
    onTransportClosed: () => {
      end.hasEnded = true;
    },
  });
  return end;
}
