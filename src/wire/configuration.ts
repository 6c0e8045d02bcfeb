// What all connections of one server or session share: limits, tolerances, and scanners that are lent while a head is read.
import { HeadScanner } from './head-scanner.ts';
import { STRICT } from './leniency.ts';
import type { Leniency } from './leniency.ts';
import { LineScanner } from './line-scanner.ts';
import { DEFAULT_WIRE_LIMITS } from './limits.ts';
import type { WireLimits } from './limits.ts';

/** Scanners kept for the next head. More are only in use at once when that many heads are incomplete. */
const SPARE_SCANNERS = 16;

/** What finds the parts of a head. */
export type MessageScanner = HeadScanner | LineScanner;

/** `byBytes` is quicker, and refuses at the first byte that is wrong; `byLines` is what most of the leniencies need. */
export type RequestScanning = 'byBytes' | 'byLines';

/** Shared by many connections, so that an idle one owns no table and no buffer. */
export class WireConfiguration {
  readonly limits: WireLimits;
  readonly leniency: Leniency;
  /** How the heads of requests are scanned: `byLines` judges no line before it is complete, and can tell what came before a broken one. */
  readonly requestScanning: RequestScanning;
  readonly #spare: MessageScanner[] = [];

  constructor(
    limits: Partial<WireLimits> = {},
    leniency: Partial<Leniency> = {},
    requestScanning: RequestScanning = 'byBytes',
  ) {
    this.requestScanning = requestScanning;
    this.limits = { ...DEFAULT_WIRE_LIMITS, ...limits };
    this.leniency = { ...STRICT, ...leniency };
  }

  /** Lends a scanner that is ready for a head of this kind. */
  takeScanner(kind: 'request' | 'response'): MessageScanner {
    const scanner = this.#spare.pop() ?? this.#makeScanner(kind);
    scanner.begin(kind);
    return scanner;
  }

  /** Takes a scanner back. What it found is overwritten from now on. */
  returnScanner(scanner: MessageScanner): void {
    if (this.#spare.length < SPARE_SCANNERS) this.#spare.push(scanner);
  }

  #makeScanner(kind: 'request' | 'response'): MessageScanner {
    return kind === 'request' && this.requestScanning === 'byLines'
      ? new LineScanner(this.limits, this.leniency)
      : new HeadScanner(this.limits, this.leniency);
  }
}
