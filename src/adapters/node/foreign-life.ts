// The life of an exchange whose server tells nothing of it: what its Request and the reading of its answer let conclude.
import { AbortedError } from '../../errors.ts';
import { systemClock } from '../../io/index.ts';
import type { HandlerContext } from '../../server/handler.ts';
import type { ExchangeLife, ExchangeWatcher, ConnectionHandle } from '../../server/exchange/exchange-life.ts';

/** Every exchange is alone on a connection of its own. */
export class ForeignLife implements ExchangeLife {
  readonly multiplexed: boolean = true;
  readonly handle: ConnectionHandle;
  readonly #signal: AbortSignal;
  #watcher: ExchangeWatcher | undefined;
  #onClosed: (() => void) | undefined;

  constructor(request: Request, context: HandlerContext) {
    this.#signal = request.signal;
    this.handle = {
      info: () => context.connection,
      closeIdle: () => false,
      destroy: () => this.breakOff(),
      watchClose: (onClosed) => {
        this.#onClosed = onClosed;
      },
    };
  }

  watch(watcher: ExchangeWatcher): void {
    this.#watcher = watcher;
    const onAborted = (): void => this.#end(new AbortedError('the client is gone', { cause: this.#signal.reason }));
    if (this.#signal.aborted) systemClock.endOfTurn(onAborted);
    else this.#signal.addEventListener('abort', onAborted, { once: true });
  }

  /** Of whom the answer is held back, or breaks off in its middle, nobody can take a part for the whole. */
  breakOff(): void {
    this.#end(new AbortedError('the exchange was given up'));
  }

  /** The server has everything: it is as good as sent. */
  answerTaken(): void {
    systemClock.endOfTurn(() => this.#end(undefined));
  }

  #end(error: Error | undefined): void {
    this.#watcher?.onEnd(error);
    this.#onClosed?.();
  }
}
