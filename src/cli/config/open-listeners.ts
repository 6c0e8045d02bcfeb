// The servers of a configuration: started all or none, and brought from one configuration to the next without losing a connection.
import { explainTlsFault } from '../../apache/index.ts';
import type { ListenerPlan } from '../../apache/index.ts';
import { ListenError, OptionError } from '../../errors.ts';
import { systemClock } from '../../io/index.ts';
import { readTlsState, serve } from '../../server/index.ts';
import type { Server, ServeOptions } from '../../server/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { systemErrorWords } from './system-error-words.ts';

/** What an address listens with. */
interface OpenListener {
  readonly plan: ListenerPlan;
  readonly server: Server;
}

/** What became of the listeners at a reload. */
export interface ListenerChanges {
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  /** Those whose options cannot change while a server runs: another server took their sockets. */
  readonly replaced: readonly string[];
  readonly certificates: readonly string[];
}

/** What servers are told besides what is planned. */
export type OwnOptions = Pick<ServeOptions, 'onError' | 'onWarning'>;

/** See the head of the file. */
export class OpenListeners {
  readonly #own: OwnOptions;
  readonly #machineName: string;
  readonly #drainMs: number;
  readonly #tell: (line: string) => void;
  #open = new Map<string, OpenListener>();
  /** Those that were replaced or are not listened on any more, until their last connection is done. */
  readonly #leaving = new Set<Server>();

  /** `tell`: what goes wrong without being in the way, in Apache's words. */
  constructor(own: OwnOptions, machineName: string, drainMs: number, tell: (line: string) => void) {
    this.#own = own;
    this.#machineName = machineName;
    this.#drainMs = drainMs;
    this.#tell = tell;
  }

  /** In the order of the configuration, those that leave last. */
  get servers(): readonly Server[] {
    return [...[...this.#open.values()].map(({ server }) => server), ...this.#leaving];
  }

  /** All of them or none. @throws CommandError in Apache's words, ConfigurationRefused */
  async start(plans: readonly ListenerPlan[]): Promise<void> {
    if (plans.length === 0) throw new CommandError(EXIT_CODES.finding, NO_SOCKETS);
    this.#checkTls(plans);
    this.#open = await this.#openAll(plans.map((plan) => [addressOf(plan), plan] as const));
  }

  /**
   * What can fail comes first: certificates are looked at, new addresses are listened on. Only then `commit` is called, and everything else
   * changes at once.
   *
   * @throws CommandError in Apache's words, ConfigurationRefused: everything is as it was
   */
  async change(plans: readonly ListenerPlan[], commit: () => void): Promise<ListenerChanges> {
    if (plans.length === 0) throw new CommandError(EXIT_CODES.finding, NO_SOCKETS);
    this.#checkTls(plans);
    const wanted = new Map(plans.map((plan) => [addressOf(plan), plan]));
    const added = await this.#openAll([...wanted].filter(([address]) => !this.#open.has(address)));
    commit();
    const changes = {
      opened: [...added.keys()],
      closed: [] as string[],
      replaced: [] as string[],
      certificates: [] as string[],
    };
    const next = new Map<string, OpenListener>();
    for (const [address, plan] of wanted) {
      const before = this.#open.get(address);
      if (before === undefined) next.set(address, added.get(address)!);
      else next.set(address, await this.#adjust(address, before, plan, changes));
    }
    for (const [address, { server }] of this.#open) {
      if (next.has(address)) continue;
      changes.closed.push(address);
      this.#letGo(server);
    }
    this.#open = next;
    return changes;
  }

  destroy(): void {
    for (const server of this.servers) server.destroy();
  }

  async #adjust(
    address: string,
    before: OpenListener,
    plan: ListenerPlan,
    changes: { readonly replaced: string[]; readonly certificates: string[] },
  ): Promise<OpenListener> {
    const { server } = before;
    if (describeFixed(before.plan) !== describeFixed(plan)) {
      const successor = await serve({ ...plan.options, ...this.#own, hostname: server.hostname, takeOver: server });
      this.#letGo(server);
      changes.replaced.push(address);
      return { plan, server: successor };
    }
    if (plan.tls !== undefined) {
      server.updateTls(plan.tls.options);
      if (JSON.stringify(before.plan.tls?.options) !== JSON.stringify(plan.tls.options))
        changes.certificates.push(address);
    }
    return { plan, server };
  }

  #letGo(server: Server): void {
    this.#leaving.add(server);
    void server.close({ drainMs: this.#drainMs }).then(() => this.#leaving.delete(server));
  }

  /** @throws ConfigurationRefused */
  #checkTls(plans: readonly ListenerPlan[]): void {
    for (const { tls } of plans) {
      if (tls === undefined) continue;
      try {
        readTlsState(tls.options, systemClock);
      } catch (error) {
        if (!(error instanceof OptionError)) throw error;
        throw explainTlsFault(error, tls, this.#machineName);
      }
    }
  }

  async #openAll(plans: ReadonlyArray<readonly [string, ListenerPlan]>): Promise<Map<string, OpenListener>> {
    const opened = new Map<string, OpenListener>();
    for (const [address, plan] of plans) {
      try {
        opened.set(address, { plan, server: await this.#openOne(plan) });
      } catch (error) {
        for (const { server } of opened.values()) server.destroy();
        throw error;
      }
    }
    return opened;
  }

  async #openOne(plan: ListenerPlan): Promise<Server> {
    const faults: string[] = [];
    let cause: unknown;
    for (const hostname of hostnamesOf(plan)) {
      try {
        const server = await serve({ ...plan.options, ...this.#own, hostname });
        for (const fault of faults) this.#tell(fault);
        return server;
      } catch (error) {
        if (!(error instanceof ListenError)) throw error;
        cause = error;
        faults.push(explainListening(formatAddress(hostname, plan.options.port), error));
      }
    }
    throw new CommandError(EXIT_CODES.finding, [...faults, NO_SOCKETS].join('\n'), { cause });
  }
}

const NO_SOCKETS = 'no listening sockets available, shutting down\nAH00015: Unable to open logs';

function explainListening(address: string, error: ListenError): string {
  return `${systemErrorWords(error.cause)}: AH00072: make_sock: could not bind to address ${address}`;
}

/** A port alone means all addresses: those of IPv4 where the socket for both kinds cannot be had. */
function hostnamesOf({ listen, options }: ListenerPlan): readonly string[] {
  return listen.host === '*' ? ['::', '0.0.0.0'] : [options.hostname ?? ''];
}

function addressOf({ options }: ListenerPlan): string {
  return formatAddress(options.hostname ?? '', options.port);
}

/** `127.0.0.1:80`, `[::]:443` */
function formatAddress(hostname: string, port = 0): string {
  return `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
}

/** What a server cannot change while it runs, as a text that can be compared. Certificates can. */
function describeFixed({ options, tls }: ListenerPlan): string {
  const { tls: _, ...others } = options;
  return JSON.stringify({ ...others, speaksTls: tls !== undefined }, (__, value: unknown) =>
    value === Infinity ? 'Infinity' : value,
  );
}
