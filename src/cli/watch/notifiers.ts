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
  // A second Ctrl-C ends the process at once; commands are in groups of their own, which it does not reach.
  const runs = new Set<() => void>();
  const removeExit = terminal.onExit(() => {
    for (const endAtOnce of runs) endAtOnce();
  });
  const onRun = (endAtOnce: () => void): (() => void) => {
    runs.add(endAtOnce);
    return () => void runs.delete(endAtOnce);
  };
  const notifiers: readonly Notifier[] = [
    ...plan.webhooks.map((url, index) => openWebhook(url, clock, tell, ordinalOf(index, plan.webhooks))),
    ...plan.commands.map((command, index) =>
      commandNotifier(command, { tell, environment, clock, ordinal: ordinalOf(index, plan.commands), onRun }),
    ),
    ...(plan.bell ? [bellNotifier(stdout, clock)] : []),
  ];
  return {
    onEvent: (event) => {
      if (event.type !== 'down' && event.type !== 'up' && event.type !== 'resumed') return;
      for (const notifier of notifiers) notifier.notify(event);
    },
    close: async () => {
      await Promise.all(notifiers.map((notifier) => notifier.close()));
      removeExit();
    },
  };
}

/** As they were typed, from 1; undefined for the only one. */
const ordinalOf = (index: number, all: readonly string[]): number | undefined =>
  all.length === 1 ? undefined : index + 1;

function openWebhook(
  url: string,
  clock: LoopClock,
  tell: (line: string) => void,
  ordinal: number | undefined,
): Notifier {
  try {
    return webhookNotifier(url, { clock, tell, ordinal });
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new CommandError(EXIT_CODES.usage, `--${error.message}`, { cause: error });
  }
}
