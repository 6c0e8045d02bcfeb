// When a client of HTTP/2 sends too much of what costs it little and us much (RFC 9113 §10.5). Pure: the time is given.
// Each kind has a bucket that holds as much as its limit and leaks as much within a window: who never sends more than the limit within
// any window never fills it, and who sends twice as much always does.
import { formatDuration } from '../../text/index.ts';
import type { ResolvedHttp2FloodLimits } from '../options/http2-floods.ts';

/** What is counted, and what it is called. */
const KINDS = {
  resets: 'requests taken back before their answer',
  pings: 'PING frames',
  settings: 'SETTINGS frames',
  streamErrors: 'requests that broke the rules of HTTP/2',
} as const;

/** What a client can send too much of; also the name of its limit. */
export type FloodKind = keyof typeof KINDS;

/** That a limit was exceeded. */
export interface Flood {
  readonly kind: FloodKind;
  /** For GOAWAY and for people: names the limit and its value. */
  readonly text: string;
}

interface Bucket {
  level: number;
  atMs: number;
}

/** What one connection has sent. It costs next to nothing until the first strike. */
export class FloodCounter {
  readonly #limits: ResolvedHttp2FloodLimits;
  readonly #buckets: { [Kind in FloodKind]?: Bucket } = {};

  constructor(limits: ResolvedHttp2FloodLimits) {
    this.#limits = limits;
  }

  /** One more; the flood where it was one too many. */
  strike(kind: FloodKind, nowMs: number): Flood | undefined {
    const limit = this.#limits[kind];
    if (limit === Infinity) return undefined;
    const bucket = (this.#buckets[kind] ??= { level: 0, atMs: nowMs });
    this.#leak(kind, bucket, nowMs);
    bucket.level += 1;
    // What leaked since is a sum of fractions; a strike that is one too many by less than a thousandth is none.
    if (bucket.level <= limit + 0.001) return undefined;
    return { kind, text: formatFlood(kind, limit, this.#limits.windowMs) };
  }

  /**
   * A request was answered to its end. It makes up for one that was taken back: who uses many answers may do without some, and who
   * works for each reset as much as for a request gains nothing by it (the idea of Envoy's share of premature resets).
   */
  forgive(nowMs: number): void {
    const bucket = this.#buckets.resets;
    if (bucket === undefined) return;
    this.#leak('resets', bucket, nowMs);
    bucket.level = Math.max(0, bucket.level - 1);
  }

  #leak(kind: FloodKind, bucket: Bucket, nowMs: number): void {
    const leaked = ((nowMs - bucket.atMs) / this.#limits.windowMs) * this.#limits[kind];
    bucket.level = Math.max(0, bucket.level - leaked);
    bucket.atMs = nowMs;
  }
}

/** E.g. `too many PING frames: more than 1500 in 30 s (http2.floods.pings)`. */
function formatFlood(kind: FloodKind, limit: number, windowMs: number): string {
  return `too many ${KINDS[kind]}: more than ${limit} in ${formatDuration(windowMs)} (http2.floods.${kind})`;
}
