// A manual clock that also counts who follows the event loop: whoever does not stop it keeps a callback in every turn for ever.
import type { PollWatch } from '#src/io/index.js';
import { ManualClock } from '#src/testing/index.js';

/** See the head of the file. */
export class WatchedClock extends ManualClock {
  /** Poll watches that were begun and not stopped. */
  pollWatches = 0;

  override watchPolls(): PollWatch {
    const watch = super.watchPolls();
    let isStopped = false;
    this.pollWatches += 1;
    return {
      mark: () => watch.mark(),
      polledSince: (mark) => watch.polledSince(mark),
      unpolledMs: () => watch.unpolledMs(),
      stop: () => {
        if (!isStopped) this.pollWatches -= 1;
        isStopped = true;
        watch.stop();
      },
    };
  }
}
