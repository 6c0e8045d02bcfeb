// What all connections of one server or session share: limits, tolerances, and scanners that are lent while a head is read.
import { HeadScanner } from './head-scanner.ts';
import type { HeadKind } from './head-scanner.ts';
import { STRICT } from './leniency.ts';
import type { Leniency } from './leniency.ts';
import { DEFAULT_WIRE_LIMITS } from './limits.ts';
import type { WireLimits } from './limits.ts';

/** Scanners kept for the next head. More are only in use at once when that many heads are incomplete. */
const SPARE_SCANNERS = 16;

/** Shared by many connections, so that an idle one owns no table and no buffer. */
export class WireConfiguration {
  readonly limits: WireLimits;
  readonly leniency: Leniency;
  readonly #spare: HeadScanner[] = [];

  constructor(limits: Partial<WireLimits> = {}, leniency: Partial<Leniency> = {}) {
    this.limits = { ...DEFAULT_WIRE_LIMITS, ...limits };
    this.leniency = { ...STRICT, ...leniency };
  }

  /** Lends a scanner that is ready for a head of this kind. */
  takeScanner(kind: HeadKind): HeadScanner {
    const scanner = this.#spare.pop() ?? new HeadScanner(this.limits, this.leniency);
    scanner.begin(kind);
    return scanner;
  }

  /** Takes a scanner back. What it found is overwritten from now on. */
  returnScanner(scanner: HeadScanner): void {
    if (this.#spare.length < SPARE_SCANNERS) this.#spare.push(scanner);
  }
}
