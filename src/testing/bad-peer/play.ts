// A list of steps that is being performed on a connection: where it stands, whose fault it is, and what it waits for.
import type { ClockTimer } from '../../io/clock.ts';
import type { ActiveFault } from './active-faults.ts';
import type { PeerRequest } from './request.ts';
import type { Step } from './step.ts';

/** What the steps are for: the start of a connection, one request, or the time when nothing is under way. */
export type PlayPurpose = 'accept' | 'request' | 'idle';

/** See the head of the file. */
export class Play {
  readonly purpose: PlayPurpose;
  /** The request that is meant, or the one that was answered last; undefined on a connection without any. */
  readonly request: PeerRequest | undefined;
  readonly steps: Step[];
  fault: ActiveFault | undefined;
  /** The fault has begun to act: from here on it is not called off. */
  faulted = false;
  /** The step at which a hold has already stopped. */
  held: Step | undefined;
  timer: ClockTimer | undefined;

  constructor(
    purpose: PlayPurpose,
    request: PeerRequest | undefined,
    steps: readonly Step[],
    fault: ActiveFault | undefined,
  ) {
    this.purpose = purpose;
    this.request = request;
    this.steps = [...steps];
    this.fault = fault;
  }

  /** It is over, or called off. */
  stop(): void {
    this.timer?.stop();
    if (!this.faulted) this.fault?.giveBack();
    this.fault = undefined;
  }
}
