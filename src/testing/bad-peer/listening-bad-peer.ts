// A bad peer on a port of loopback.
import { MisuseError, OptionError } from '../../errors.ts';
import { formatAuthority } from '../../http/origin.ts';
import { listen } from '../../io/index.ts';
import type { Listener } from '../../io/index.ts';
import { BadPeer } from './bad-peer.ts';
import type { ListeningBadPeerOptions } from './options.ts';
import { checkParameter, ending, milliseconds } from './parameter.ts';
import type { Parameter } from './parameter.ts';
import type { Ending } from './step.ts';

/** Options of {@link ListeningBadPeer.restart}. */
export interface RestartOptions {
  /** How long nobody listens. Default 0. */
  readonly downMs?: number;
  /** How the connections end. Default `fin`. */
  readonly ending?: Ending;
}

const RESTART_PARAMETERS: Readonly<Record<string, Parameter<unknown>>> = {
  downMs: milliseconds(0),
  ending: ending('fin'),
};

/** A bad peer that listens. Made by {@link startBadPeer}. */
export class ListeningBadPeer extends BadPeer {
  #listener: Listener | undefined;
  #port: number;
  #closed = false;
  #starting = false;
  /** Ends the time in which nobody listens; undefined outside of it. */
  #endPause: (() => void) | undefined;

  constructor(options: ListeningBadPeerOptions = {}) {
    super(options);
    this.#port = this.options.port;
  }

  /** The port, which stays the same over restarts. */
  get port(): number {
    return this.#port;
  }

  /** e.g. `http://127.0.0.1:49152/`. */
  get url(): string {
    return `http://${formatAuthority(this.options.hostname, this.#port, 'http')}/`;
  }

  /** Whether connections are accepted; otherwise the kernel refuses them. */
  get isListening(): boolean {
    return this.#listener !== undefined;
  }

  /**
   * Listens, again where it had stopped, and on the same port.
   *
   * @throws ListenError (as a rejection)
   * @throws MisuseError (as a rejection) where it listens already, or was closed.
   */
  async listen(): Promise<void> {
    if (this.#closed) throw new MisuseError('listen: the peer was closed.');
    if (this.#listener !== undefined || this.#starting) throw new MisuseError('listen: the peer listens already.');
    this.#starting = true;
    try {
      const { hostname } = this.options;
      const listener = await listen(
        { port: this.#port, hostname },
        { accept: ({ transport }) => this.accept(transport) },
      );
      if (this.#closed) {
        listener.stop();
        return;
      }
      this.#listener = listener;
      this.#port = listener.port;
    } finally {
      this.#starting = false;
    }
  }

  /** Refuses new connections from now on; those that exist live on. */
  stopListening(): void {
    this.#listener?.stop();
    this.#listener = undefined;
  }

  /**
   * As a server that is restarted without grace: refuses connections, ends those that exist, and listens again after `downMs`.
   *
   * @throws OptionError (as a rejection)
   * @throws MisuseError (as a rejection) where it was closed, or is being restarted already.
   */
  async restart(options: RestartOptions = {}): Promise<void> {
    for (const [name, value] of Object.entries(options)) {
      const parameter = Object.hasOwn(RESTART_PARAMETERS, name) ? RESTART_PARAMETERS[name] : undefined;
      if (parameter === undefined)
        throw new OptionError(name, 'is not an option of restart; there are: downMs, ending');
      if (value !== undefined) checkParameter(name, parameter, value);
    }
    if (this.#closed) throw new MisuseError('restart: the peer was closed.');
    if (this.#endPause !== undefined) throw new MisuseError('restart: the peer is being restarted already.');
    const { downMs = 0, ending: how = 'fin' } = options;
    this.stopListening();
    this.cut(how);
    if (downMs > 0) await this.#pause(downMs);
    if (!this.#closed) await this.listen();
  }

  async #pause(ms: number): Promise<void> {
    const over = new Promise<void>((resolve) => {
      const timer = this.options.clock.startTimer(ms, resolve);
      this.#endPause = () => {
        timer.stop();
        resolve();
      };
    });
    // The timers of a clock do not keep the process alive, and now perhaps nothing else does: a socket on another port.
    const anchor = await listen(
      { port: 0, hostname: this.options.hostname },
      { accept: ({ transport }) => transport.destroy() },
    );
    await over;
    anchor.stop();
    this.#endPause = undefined;
  }

  override close(): Promise<void> {
    this.#closed = true;
    this.#endPause?.();
    this.stopListening();
    return super.close();
  }
}

/**
 * Starts a bad peer on loopback: `await using peer = await startBadPeer({ fault: { kind: 'closeWhenIdle', afterMs: 20 } });`.
 *
 * @throws OptionError (as a rejection) that names the option, its value and what is allowed.
 * @throws ListenError (as a rejection)
 */
export async function startBadPeer(options: ListeningBadPeerOptions = {}): Promise<ListeningBadPeer> {
  const peer = new ListeningBadPeer(options);
  await peer.listen();
  return peer;
}
