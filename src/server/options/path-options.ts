// What was given of the options of serve() that have to do with what stands in front of it. Shapes, and nothing derived.
import type { Hop } from '../../path/index.ts';
import { DEFAULT_KEEP_ALIVE_TIMEOUT_MS } from '../connection/keep-alive-policy.ts';
import type { CloseOptions } from '../server.ts';
import { resolveBehind } from './behind.ts';
import type { Behind } from './behind.ts';

/** The options of serve() that a path decides, or contradicts. */
export interface PathOptions {
  readonly behind?: Behind;
  readonly keepAlive?: boolean;
  readonly keepAliveTimeoutMs?: number;
  readonly keepAliveGraceMs?: number;
  readonly timeouts?: { readonly headerMs?: number; readonly silentMs?: number };
  readonly health?: { readonly readiness?: string };
  readonly drain?: CloseOptions;
}

/** The same, resolved; undefined is what was not given. */
export interface PathFacts {
  /** The outermost first; may be empty. */
  readonly hops: readonly Hop[];
  readonly keepAlive: boolean;
  readonly keepAliveTimeoutMs: number | undefined;
  readonly keepAliveGraceMs: number | undefined;
  readonly silentMs: number | undefined;
  readonly headerMs: number | undefined;
  readonly drain: CloseOptions;
  /** Whether balancers can see that the server drains. */
  readonly hasReadiness: boolean;
  /** The idle timeout that is not undercut. */
  readonly defaultIdleMs: number;
}

/** @throws OptionError where `behind` names what is not known. */
export function gatherPathFacts(options: PathOptions): PathFacts {
  return {
    hops: resolveBehind(options.behind),
    keepAlive: options.keepAlive ?? true,
    keepAliveTimeoutMs: options.keepAliveTimeoutMs,
    keepAliveGraceMs: options.keepAliveGraceMs,
    silentMs: options.timeouts?.silentMs,
    headerMs: options.timeouts?.headerMs,
    drain: options.drain ?? {},
    hasReadiness: options.health?.readiness !== undefined,
    defaultIdleMs: DEFAULT_KEEP_ALIVE_TIMEOUT_MS,
  };
}

/** The proxy next to the server, and what its connections to the server run through: those whose checks reach the server. */
export function nearestHops(hops: readonly Hop[]): readonly Hop[] {
  const last = hops.findLastIndex(({ kind }) => kind === 'proxy');
  return hops.slice(Math.max(last, 0));
}

/** Whoever sends requests to the server; undefined where clients do so themselves. */
export function findSender(hops: readonly Hop[]): Hop | undefined {
  return hops.findLast(({ kind }) => kind === 'proxy');
}

/** At the beginning of a sentence. Names stay as they are: nginx. */
export function startSentence(text: string): string {
  return text.replace(/^the /, 'The ');
}
