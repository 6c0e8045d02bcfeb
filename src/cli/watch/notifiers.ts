// Everybody who is told of a change beside the one who looks on: commands, webhooks, the bell.
import { OptionError } from '../../errors.ts';
import type { HeartbeatEvent } from '../../heartbeat/index.ts';
import type { LoopClock } from '../../io/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { bellNotifier, commandNotifier, webhookNotifier } from './notify/index.ts';
import type { Notifier } from './notify/index.ts';
import type { WatchPlan } from './plan.ts';

/** See the head of the file. */
export interface OpenNotifiers {
  onEvent(event: HeartbeatEvent): void;
  /** Waits for what is under way, but not for ever. Twice is once. */
  close(): Promise<void>;
}

/**
 * @param tell Prints what a notifier has to say.
 * @throws CommandError for a webhook that is none.
 */
export function openNotifiers(
  plan: WatchPlan,
  terminal: Terminal,
  clock: LoopClock,
  tell: (line: string) => void,
): OpenNotifiers {
  const { environment, stdout } = terminal;
  const notifiers: readonly Notifier[] = [
    ...plan.webhooks.map((url) => openWebhook(url, clock, tell)),
    ...plan.commands.map((command) => commandNotifier(command, { tell, environment, clock })),
    ...(plan.bell ? [bellNotifier(stdout, clock)] : []),
  ];
  return {
    onEvent: (event) => {
      if (event.type !== 'down' && event.type !== 'up' && event.type !== 'resumed') return;
      for (const notifier of notifiers) notifier.notify(event);
    },
    close: async () => {
      await Promise.all(notifiers.map((notifier) => notifier.close()));
    },
  };
}

function openWebhook(url: string, clock: LoopClock, tell: (line: string) => void): Notifier {
  try {
    return webhookNotifier(url, { clock, tell });
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new CommandError(EXIT_CODES.usage, `--${error.message}`, { cause: error });
  }
}
