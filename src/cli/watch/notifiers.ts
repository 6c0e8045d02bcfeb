// Everybody who is told of a change beside the one who looks on: commands, webhooks, the bell.
import type { HeartbeatEvent } from '../../heartbeat/index.ts';
import type { Terminal } from '../terminal.ts';
import type { Notifier } from './notify/notifier.ts';
import type { WatchPlan } from './plan.ts';

/** See the head of the file. */
export interface OpenNotifiers {
  onEvent(event: HeartbeatEvent): void;
  /** Waits for what is under way, but not for ever. */
  close(): Promise<void>;
}

/** `tell` prints what a notifier has to say. */
export function openNotifiers(_plan: WatchPlan, _terminal: Terminal, _tell: (line: string) => void): OpenNotifiers {
  const notifiers: readonly Notifier[] = [];
  return {
    onEvent: (event) => {
      if (event.type !== 'down' && event.type !== 'up' && event.type !== 'resumed') return;
      const { type, target, at, rttMs, missed, reason } = event;
      const downMs = event.type === 'up' ? event.downMs : undefined;
      for (const notifier of notifiers) notifier.notify({ event: type, target, at, rttMs, missed, reason, downMs });
    },
    close: async () => {
      await Promise.all(notifiers.map((notifier) => notifier.close()));
    },
  };
}
