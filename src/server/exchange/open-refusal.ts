// The place of an answer that is still to be asked for: whoever refuses in the server's place is asked when it is the request's turn.
import type { Answer } from '../handler.ts';

/** See the head of the file. */
export class OpenRefusal {
  /** Called once. Undefined: the connection ends without a word. */
  readonly ask: () => Answer | undefined | Promise<Answer | undefined>;

  constructor(ask: () => Answer | undefined | Promise<Answer | undefined>) {
    this.ask = ask;
  }
}
