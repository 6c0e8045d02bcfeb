// `--bell`: rings where somebody sits. Many changes at once ring once.
import { systemClock } from '../../../io/index.ts';
import type { Clock } from '../../../io/index.ts';
import type { TerminalStream } from '../../terminal.ts';
import type { Notifier, NotifyReport } from './notifier.ts';

/** BEL of ASCII. */
const BELL = '\u0007';

/** Shortest time between two rings: terminals that ring for longer would run them together. */
const PAUSE_MS = 1_000;

/** Rings when a target goes down and when it comes back; on a terminal only, elsewhere it would be a byte in a file. */
export function bellNotifier(stream: TerminalStream, clock: Clock = systemClock): Notifier {
  let rungMs = -Infinity;
  let delivered = 0;
  let isClosed = false;
  return {
    notify: ({ type }) => {
      if (isClosed || stream.isTTY !== true || type === 'resumed') return;
      delivered += 1;
      if (clock.nowMs() - rungMs < PAUSE_MS) return;
      rungMs = clock.nowMs();
      stream.write(BELL);
    },
    close: (): Promise<NotifyReport> => {
      isClosed = true;
      return Promise.resolve({ delivered, failed: 0, dropped: 0 });
    },
  };
}
