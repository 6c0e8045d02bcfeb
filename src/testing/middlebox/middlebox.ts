// A TCP proxy that forgets idle flows, as NATs, firewalls and balancers do. On a port of loopback, or between transports in memory.
import { MisuseError } from '../../errors.ts';
import { Connector, listen } from '../../io/index.ts';
import type { Clock, Listener, Opening, Transport } from '../../io/index.ts';
import type { MiddleboxEventFacts, MiddleboxKind } from './event.ts';
import { Flow, FlowEnd } from './flow.ts';
import type { FlowOwner, MiddleboxFlow } from './flow.ts';
import { checkForgetAfter, checkKind, resolveMiddleboxOptions } from './options.ts';
import type { MiddleboxOptions, ResolvedMiddleboxOptions } from './options.ts';

/** See the head of the file. Made by {@link startMiddlebox}. */
export class Middlebox {
  readonly #options: ResolvedMiddleboxOptions;
  readonly #connector: Connector;
  readonly #owner: FlowOwner;
  readonly #flows = new Set<Flow>();
  readonly #openings = new Set<{ readonly client: Transport; readonly opening: Opening }>();
  #forgetAfterMs: number;
  #kind: MiddleboxKind;
  #listener: Listener | undefined;
  #port: number;
  #accepted = 0;
  #forgotten = 0;
  #isClosed = false;
  #onEmpty: (() => void)[] = [];

  /** @throws OptionError that names the option, its value and what is allowed. */
  constructor(options: MiddleboxOptions) {
    const resolved = resolveMiddleboxOptions(options);
    const { clock, connectTimeoutMs, forgetAfterMs, kind, port } = resolved;
    this.#options = resolved;
    this.#connector = new Connector({ clock, connectTimeoutMs });
    this.#forgetAfterMs = forgetAfterMs;
    this.#kind = kind;
    this.#port = port;
    this.#owner = this.#makeOwner(clock);
  }

  /** The port on which it takes connections. */
  get port(): number {
    return this.#port;
  }

  /** How many flows were forgotten so far. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get forgetAfterMs(): number {
    return this.#forgetAfterMs;
  }

  /** From now on, for the flows that exist as well: those that have been idle for as long are forgotten at once. @throws OptionError */
  set forgetAfterMs(forgetAfterMs: number) {
    checkForgetAfter(forgetAfterMs);
    this.#forgetAfterMs = forgetAfterMs;
    for (const flow of this.#flows) flow.timeChanged();
  }

  get kind(): MiddleboxKind {
    return this.#kind;
  }

  /** For flows that are forgotten from now on. @throws OptionError */
  set kind(kind: MiddleboxKind) {
    checkKind(kind);
    this.#kind = kind;
  }

  /** Every flow of which at least one side still has a connection, those that are forgotten included. */
  flows(): MiddleboxFlow[] {
    return [...this.#flows].map((flow) => flow.info());
  }

  /** Forgets every flow at once, as a box does that is restarted or replaced. */
  forgetAll(): void {
    for (const flow of this.#flows) flow.forget();
  }

  /** Stands between two transports, e.g. one end each of two `transportPair`s. */
  join(client: Transport, target: Transport): void {
    this.#accepted += 1;
    this.#join(this.#accepted, new FlowEnd('client', client), new FlowEnd('target', target));
  }

  /**
   * Takes connections.
   *
   * @throws ListenError (as a rejection)
   * @throws MisuseError (as a rejection) where it does so already, or was closed.
   */
  async listen(): Promise<void> {
    if (this.#isClosed) throw new MisuseError('listen: the middlebox was closed.');
    if (this.#listener !== undefined) throw new MisuseError('listen: the middlebox listens already.');
    const { hostname } = this.#options;
    const listener = await listen(
      { port: this.#port, hostname },
      { accept: ({ transport }) => this.#accept(transport) },
    );
    this.#listener = listener;
    this.#port = listener.port;
    if (this.#isClosed) listener.stop();
  }

  /** Ends everything at once and resolves when nothing is left. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#listener?.stop();
    for (const { client, opening } of this.#openings) {
      opening.abort();
      client.destroy();
    }
    this.#openings.clear();
    for (const flow of this.#flows) flow.destroy();
    if (this.#flows.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty.push(resolve);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(transport: Transport): void {
    this.#accepted += 1;
    const id = this.#accepted;
    const { host, port } = this.#options.target;
    // What the client says meanwhile waits in the kernel.
    transport.pause();
    const client = new FlowEnd('client', transport);
    const opening = this.#connector.open(
      { scheme: 'http', host, port, socketPath: undefined },
      {
        onOpened: (opened) => {
          this.#openings.delete(entry);
          const target = new FlowEnd('target', opened.transport);
          if (client.isClosed) return target.transport.destroy();
          this.#join(id, client, target);
          transport.resume();
        },
        onOpenFailed: (error) => {
          this.#openings.delete(entry);
          transport.reset();
          this.#tell(id, { type: 'refused', error });
        },
      },
    );
    const entry = { client: transport, opening };
    this.#openings.add(entry);
  }

  #join(id: number, client: FlowEnd, target: FlowEnd): void {
    this.#flows.add(new Flow(id, this.#owner, client, target));
    this.#tell(id, { type: 'opened', remote: client.transport.remote });
  }

  #makeOwner(clock: Clock): FlowOwner {
    const forgetAfterMs = (): number => this.#forgetAfterMs;
    const kind = (): MiddleboxKind => this.#kind;
    return {
      clock,
      get forgetAfterMs() {
        return forgetAfterMs();
      },
      get kind() {
        return kind();
      },
      flowTells: (flow, facts) => {
        if (facts.type === 'forgotten') this.#forgotten += 1;
        this.#tell(flow.id, facts);
      },
      flowClosed: (flow) => {
        this.#flows.delete(flow);
        if (this.#flows.size > 0) return;
        for (const resolve of this.#onEmpty) resolve();
        this.#onEmpty = [];
      },
    };
  }

  #tell(flow: number, facts: MiddleboxEventFacts): void {
    this.#options.onEvent?.({ flow, atMs: this.#options.clock.nowMs(), ...facts });
  }
}

/**
 * Starts a middlebox on loopback: `await using box = await startMiddlebox({ target: { port }, forgetAfterMs: 400, kind: 'rst' });`.
 * Clients connect to `box.port`.
 *
 * @throws OptionError (as a rejection) that names the option, its value and what is allowed.
 * @throws ListenError (as a rejection)
 */
export async function startMiddlebox(options: MiddleboxOptions): Promise<Middlebox> {
  const box = new Middlebox(options);
  await box.listen();
  return box;
}
