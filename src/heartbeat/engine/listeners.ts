// Who listens to the events of a heartbeat. A listener that throws is told on standard error and disturbs nobody else.
import { guardTrace } from '../../guard-trace.ts';
import type { HeartbeatEvent, HeartbeatEventOf, HeartbeatEventType } from './event.ts';

type Listener = (event: HeartbeatEvent) => void;

/** See the head of the file. */
export class Listeners {
  /** The guarded listener beside the one that was given; replaced, never changed, as a listener may add and remove others. */
  #byType: Partial<Record<HeartbeatEventType, ReadonlyMap<unknown, Listener>>> = {};

  add<Type extends HeartbeatEventType>(type: Type, listener: (event: HeartbeatEventOf<Type>) => void): void {
    const guarded = guardTrace(listener as Listener, 'a listener of the heartbeat');
    this.#byType[type] = new Map(this.#byType[type]).set(listener, guarded);
  }

  remove(type: HeartbeatEventType, listener: unknown): void {
    const left = new Map(this.#byType[type]);
    left.delete(listener);
    this.#byType[type] = left;
  }

  /** Whether anybody would be told. */
  has(type: HeartbeatEventType): boolean {
    return (this.#byType[type]?.size ?? 0) > 0;
  }

  tell(event: HeartbeatEvent): void {
    const listeners = this.#byType[event.type];
    if (listeners === undefined) return;
    for (const listener of listeners.values()) listener(event);
  }
}
