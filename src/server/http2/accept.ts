// Takes connections over that speak HTTP/2, after ALPN or by prior knowledge (RFC 9113 §3.2, §3.3).
import type { LoopClock, Transport } from '../../io/index.ts';
import type { ResolvedHttp2Options } from '../options/http2.ts';
import type { ConnectionOrigin, Http2Acceptor } from '../connection/protocol-switch.ts';
import type { ServerCore } from '../server-core.ts';
import type { ServedConnection } from '../connection/served-connection.ts';
import { ClientHeartbeats } from './client-heartbeat.ts';
import { Http2Connection } from './connection.ts';
import { matchPreface } from './preface.ts';
import { StreamDeadlines } from './stream-deadlines.ts';

/** One for each server. */
export class Http2Connections implements Http2Acceptor {
  readonly #core: ServerCore;
  readonly #options: ResolvedHttp2Options;
  readonly #deadlines: StreamDeadlines;
  readonly #heartbeats: ClientHeartbeats | undefined;

  constructor(core: ServerCore, options: ResolvedHttp2Options) {
    this.#core = core;
    this.#options = options;
    const { clock, schedule, options: all } = core;
    this.#deadlines = new StreamDeadlines(clock, schedule, all.timeouts);
    // Checked with the option.
    const loopClock = clock as LoopClock;
    this.#heartbeats = all.heartbeat && new ClientHeartbeats(loopClock, schedule, all.heartbeat, all.timeouts.writeMs);
  }

  accept(origin: ConnectionOrigin, transport: Transport, bytes?: Buffer): ServedConnection | undefined {
    const socket = transport.release?.();
    if (socket === undefined) return undefined;
    if (bytes !== undefined) socket.unshift(bytes);
    return new Http2Connection(
      { core: this.#core, deadlines: this.#deadlines, options: this.#options, heartbeats: this.#heartbeats },
      origin,
      transport,
      socket,
    );
  }

  takeOver(
    connection: ServedConnection & ConnectionOrigin,
    transport: Transport,
    bytes: Buffer,
  ): 'yes' | 'notYet' | 'no' {
    const match = matchPreface(bytes);
    if (match !== 'whole') return match === 'beginning' ? 'notYet' : 'no';
    const successor = this.accept(connection, transport, bytes);
    if (successor === undefined) return 'no';
    this.#core.replace(connection, successor);
    return 'yes';
  }
}
