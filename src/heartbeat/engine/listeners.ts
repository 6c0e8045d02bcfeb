// Who listens to the events of a heartbeat. A listener that throws is told on standard error and disturbs nobody else.
import { guardTrace } from '../../guard-trace.ts';
import { OptionError } from '../../errors.ts';
import { checkChoice, describe } from '../../option-checks.ts';
import { HEARTBEAT_EVENT_TYPES } from './event.ts';
import type { HeartbeatEvent, HeartbeatEventOf, HeartbeatEventType } from './event.ts';

type Listener = (event: HeartbeatEvent) => void;

/** A listener as it was given, and guarded: one guard for all types that it listens to. */
interface Entry {
  readonly given: unknown;
  readonly guarded: Listener;
}

/** See the head of the file. */
export class Listeners {
  /** Replaced, never changed, as a listener may add and remove others. Lists are short, and a tenth of what a Map takes. */
  #byType: Partial<Record<HeartbeatEventType, readonly Entry[]>> = {};
  #latest: Entry | undefined;

  add<Type extends HeartbeatEventType>(type: Type, listener: (event: HeartbeatEventOf<Type>) => void): void {
    checkChoice('event', type, HEARTBEAT_EVENT_TYPES);
    if (typeof listener !== 'function') {
      throw new OptionError('listener', `is ${describe(listener)}, it must be a function`);
    }
    const before = this.#byType[type] ?? [];
    if (before.some(({ given }) => given === listener)) return;
    if (this.#latest?.given !== listener) {
      this.#latest = { given: listener, guarded: guardTrace(listener as Listener, 'a listener of the heartbeat') };
    }
    this.#byType[type] = [...before, this.#latest];
  }

  remove(type: HeartbeatEventType, listener: unknown): void {
    this.#byType[type] = this.#byType[type]?.filter(({ given }) => given !== listener) ?? [];
    if (this.#latest?.given === listener) this.#latest = undefined;
  }

  /** Whether anybody would be told. */
  has(type: HeartbeatEventType): boolean {
    return (this.#byType[type]?.length ?? 0) > 0;
  }

  tell(event: HeartbeatEvent): void {
    const listeners = this.#byType[event.type];
    if (listeners === undefined) return;
    for (const { guarded } of listeners) guarded(event);
  }
}
