// Places at which a test can stop the peer, so that a race is decided by the test and not by the time.
import { OptionError } from '../../errors.ts';
import { checkParameter, count, oneOf } from './parameter.ts';

/**
 * Where a peer can be stopped: before a complete request is executed, before the first byte of its answer, and at the moment
 * when a fault begins to act.
 */
export type HoldPoint = 'execute' | 'answer' | 'fault';

const POINTS = oneOf<HoldPoint>(['execute', 'answer', 'fault'], 'answer');

/** Which connection is stopped, and where. */
export interface HoldOptions {
  /** Default `answer`. */
  readonly at?: HoldPoint;
  /** Number of the connection. Default: whichever comes there first. */
  readonly connection?: number;
  /** Number of the request on its connection; for a fault on an idle connection, of the one that was answered last. Default: any. */
  readonly request?: number;
}

/** A stop that was ordered. It stops one connection, once. */
export interface Hold {
  /** Whether a connection stands there now. */
  readonly isReached: boolean;
  /** Resolves when a connection stands there. */
  readonly reached: Promise<void>;
  /** Lets the connection go on, at once and within this call; before it stands there, calls the stop off. Twice does nothing. */
  release(): void;
}

class OrderedHold implements Hold {
  readonly at: HoldPoint;
  readonly connection: number | undefined;
  readonly request: number | undefined;
  readonly reached: Promise<void>;
  #tellReached: () => void = () => {};
  #goOn: (() => void) | undefined;
  readonly #forget: () => void;

  constructor(options: HoldOptions, forget: (hold: OrderedHold) => void) {
    this.at = options.at ?? POINTS.fallback;
    this.connection = options.connection;
    this.request = options.request;
    this.#forget = () => forget(this);
    this.reached = new Promise((resolve) => (this.#tellReached = resolve));
  }

  get isReached(): boolean {
    return this.#goOn !== undefined;
  }

  reach(goOn: () => void): void {
    this.#goOn = goOn;
    this.#tellReached();
  }

  release(): void {
    this.#forget();
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
  }
}

const NUMBERS = ['connection', 'request'] as const;

/** The stops that were ordered and have not stopped anything yet. */
export class Holds {
  #ordered: OrderedHold[] = [];

  /** @throws OptionError */
  order(options: HoldOptions): Hold {
    for (const name of Object.keys(options)) {
      if (name !== 'at' && !(NUMBERS as readonly string[]).includes(name)) {
        throw new OptionError(`hold.${name}`, 'is not the name of an option; there are: at, connection, request');
      }
    }
    if (options.at !== undefined) checkParameter('hold.at', POINTS, options.at);
    for (const name of NUMBERS) {
      if (options[name] !== undefined)
        checkParameter(`hold.${name}`, count(1, name === 'request' ? 0 : 1), options[name]);
    }
    const hold = new OrderedHold(options, (done) => this.#remove(done));
    this.#ordered.push(hold);
    return hold;
  }

  /** Whether somebody wants this connection to stop here; `goOn` is called when it may go on. */
  stops(at: HoldPoint, connection: number, request: number, goOn: () => void): boolean {
    const hold = this.#ordered.find(
      (wanted) =>
        wanted.at === at && (wanted.connection ?? connection) === connection && (wanted.request ?? request) === request,
    );
    if (hold === undefined) return false;
    this.#remove(hold);
    hold.reach(goOn);
    return true;
  }

  #remove(hold: OrderedHold): void {
    this.#ordered = this.#ordered.filter((other) => other !== hold);
  }
}
