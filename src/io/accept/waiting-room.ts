// Connections that were accepted while there was no room for them: they are kept unread, as the kernel's backlog would keep them, and let
// in one after the other when there is. Node.js cannot stop accepting without losing the backlog, so this is where accepting pauses.
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { Deadline } from '../deadlines.ts';
import type { DeadlineList, DeadlineSchedule } from '../deadlines.ts';
import { resetSocket } from '../reset-socket.ts';
import { formatRemote } from '../socket-transport.ts';

/** One that waits. */
class Waiter {
  readonly socket: Socket;
  readonly remote: string;
  readonly deadline: Deadline<Waiter> = new Deadline<Waiter>(this);
  readonly #onClose = (): void => this.deadline.clear();

  constructor(socket: Socket) {
    this.socket = socket;
    this.remote = formatRemote(socket.remoteAddress, socket.remotePort);
    // Not paused: without a reader it takes no more than a buffer's worth, and whoever reads it then need not know that it waited.
    socket.on('error', destroyOnError);
    socket.on('close', this.#onClose);
  }

  release(): Socket {
    this.deadline.clear();
    this.socket.off('error', destroyOnError);
    this.socket.off('close', this.#onClose);
    return this.socket;
  }
}

function destroyOnError(this: Socket): void {
  this.destroy();
}

/** Options of {@link WaitingRoom}. */
export interface WaitingRoomOptions {
  readonly clock: Clock;
  readonly schedule: DeadlineSchedule;
  /** How long one may wait before it is turned away. */
  readonly timeoutMs: number;
  /** Told of those that waited in vain. */
  readonly onExpired: (remote: string) => void;
}

/** See the head of the file. One for each listener. */
export class WaitingRoom {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  /** In the order in which they came: all of them wait equally long. */
  readonly #waiting: DeadlineList<Waiter>;

  constructor({ clock, schedule, timeoutMs, onExpired }: WaitingRoomOptions) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#waiting = schedule.addList((waiter) => {
      resetSocket(waiter.socket);
      onExpired(waiter.remote);
    });
  }

  get count(): number {
    return this.#waiting.count;
  }

  hold(socket: Socket): void {
    this.#waiting.set(new Waiter(socket).deadline, this.#clock.nowMs() + this.#timeoutMs);
  }

  /** Takes out the one that waits longest, which is nobody's then; undefined where there is none. */
  next(): Socket | undefined {
    return this.#waiting.first?.owner.release();
  }

  /** Turns all of them away, as the kernel does with its backlog when its listener goes. */
  endAll(): void {
    for (let socket = this.next(); socket !== undefined; socket = this.next()) {
      socket.on('error', destroyOnError);
      resetSocket(socket);
    }
  }
}
