// The report for programs, on standard output: one JSON object a line. With -v also every event of a connection.
import { PerduraError } from '../../errors.ts';
import type { SessionEvent } from '../../trace.ts';
import type { Terminal } from '../terminal.ts';
import type { ExchangeRecord, FailureRecord } from './exchange-record.ts';
import type { Report, Step } from './report.ts';
import type { SummaryFacts } from './summary.ts';
import { tellFailure } from './tell-failure.ts';

/** Microseconds are the last digits that mean anything. */
const roundTime = (name: string, value: number): number =>
  name.endsWith('Ms') ? Math.round(value * 1_000) / 1_000 : value;

/** See the head of the file. */
export class JsonReport implements Report {
  readonly #terminal: Terminal;
  readonly #isVerbose: boolean;
  readonly #elapsedMs: () => number;

  constructor(terminal: Terminal, isVerbose: boolean, elapsedMs: () => number) {
    this.#terminal = terminal;
    this.#isVerbose = isVerbose;
    this.#elapsedMs = elapsedMs;
  }

  onEvent(event: SessionEvent): void {
    if (!this.#isVerbose) return;
    const { type, ...rest } = event;
    if (!('connection' in rest)) return this.#print(type, rest);
    const { id, remote, requests } = rest.connection;
    this.#print(type, { ...rest, connection: id, remote, requests });
  }

  onStep(step: Step): void {
    if (this.#isVerbose && step.type === 'pause') this.#print('pause', { durationMs: step.durationMs });
  }

  onExchange(record: ExchangeRecord): void {
    this.#print('exchange', record);
  }

  onFailure({ error, ...record }: FailureRecord): void {
    this.#print('failed', { ...record, error: { ...describeError(error), message: tellFailure(error) } });
  }

  onBadStatus(): void {
    // The status is in the record of the exchange.
  }

  onSummary(facts: SummaryFacts): void {
    this.#print('summary', facts);
  }

  note(text: string): void {
    this.#terminal.stderr.write(`note: ${text}\n`);
  }

  #print(event: string, facts: object): void {
    const text = JSON.stringify({ event, elapsedMs: this.#elapsedMs(), ...facts }, (name, value: unknown) => {
      if (value instanceof Error) return describeError(value);
      if (typeof value !== 'number') return value;
      // JSON has no Infinity; null is no limit.
      return Number.isFinite(value) ? roundTime(name, value) : null;
    });
    this.#terminal.stdout.write(`${text}\n`);
  }
}

function describeError(error: Error): object {
  const code = error instanceof PerduraError || 'code' in error ? error.code : error.name;
  const evidence = 'evidence' in error && error.evidence !== undefined ? { evidence: error.evidence } : {};
  return { code, message: error.message, ...evidence };
}
