// Advice as lines to be pasted into a configuration or a program. Pure.
import type { Advice } from './advice.ts';
import { findClientSoftware } from './client-software.ts';
import { findServerSoftware } from './server-software.ts';
import type { TimeoutPath } from './timeout-path.ts';

/** Lines for one piece of software. */
export interface ConfigurationBlock {
  readonly who: 'server' | 'client';
  /** The software, e.g. `nginx`. */
  readonly title: string;
  /** Empty where there is nothing to set. */
  readonly lines: readonly string[];
  /** What else one should know of the software; may be empty. */
  readonly note: string;
}

/** For the server and the client that the path names, as far as there is advice for them. */
export function writeConfiguration(path: TimeoutPath, advice: readonly Advice[]): ConfigurationBlock[] {
  const valueOf = (id: Advice['id']): number | undefined =>
    advice.find((entry) => entry.id === id)?.valueMs ?? undefined;
  const blocks: ConfigurationBlock[] = [];
  const server = path.server === undefined ? undefined : findServerSoftware(path.server);
  const serverIdleMs = valueOf('server-idle');
  if (server !== undefined && serverIdleMs !== undefined) {
    const [headMs, requestMs] = [valueOf('server-head'), valueOf('server-request')];
    const lines = server.configure({
      idleMs: serverIdleMs,
      ...(headMs === undefined ? {} : { headMs }),
      ...(requestMs === undefined ? {} : { requestMs }),
    });
    blocks.push({ who: 'server', title: server.title, lines, note: server.note });
  }
  const client = path.client === undefined ? undefined : findClientSoftware(path.client);
  const clientIdleMs = valueOf('client-idle');
  if (client !== undefined && clientIdleMs !== undefined) {
    const [hintCapMs, probeMs] = [valueOf('client-hint-cap'), valueOf('client-tcp-keepalive')];
    // What it does by default need not be written.
    const isProbing = probeMs === undefined || (client.tcpKeepAlive?.defaultMs ?? Infinity) <= probeMs;
    const lines = client.configure({
      idleMs: clientIdleMs,
      ...(hintCapMs === undefined ? {} : { hintCapMs }),
      ...(isProbing ? {} : { tcpKeepAliveMs: probeMs }),
    });
    blocks.push({ who: 'client', title: client.title, lines, note: client.note });
  }
  return blocks;
}
