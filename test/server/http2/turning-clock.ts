// A clock whose time is the test's and whose turns are those of the real event loop: for a server on real sockets.
import { ManualClock } from '#src/testing/index.js';

export class TurningClock extends ManualClock {
  override endOfTurn(callback: () => void): void {
    setImmediate(callback);
  }
}
