// A run of `perdura get` from the checked plan to the exit code: the session, who is told what, and what ends it early.
import { Session } from '../../client/index.ts';
import type { SessionOptions } from '../../client/index.ts';
import { systemClock } from '../../io/index.ts';
import { CommandError, EXIT_CODES, SIGNAL_EXIT_CODES } from '../exit-code.ts';
import { holdProcess } from '../terminal.ts';
import type { SignalName, Terminal } from '../terminal.ts';
import { BodyOutput, OutputClosedError, isClosed } from './body-output.ts';
import { ConnectionMemory } from './connection-memory.ts';
import { fetchUrl } from './exchange.ts';
import type { ExchangeOptions } from './exchange.ts';
import type { GetRequest } from './follow-redirect.ts';
import { JsonReport } from './json-report.ts';
import type { OutputPlace } from './output-place.ts';
import type { Report } from './report.ts';
import { runRounds } from './rounds.ts';
import { RunEnd } from './run-end.ts';
import { Summary } from './summary.ts';
import { exitCodeOf, tellFailure } from './tell-failure.ts';
import { TextReport } from './text-report.ts';

/** Everything that the command line said, checked. */
export interface GetPlan extends Omit<ExchangeOptions, 'rounds'> {
  readonly requests: readonly GetRequest[];
  readonly session: SessionOptions;
  readonly place: OutputPlace;
  readonly format: 'text' | 'json';
  readonly verbosity: number;
  readonly repeat: number;
  readonly parallel: number;
  readonly gapMs: number;
}

/** Resolves to the exit code. @throws OptionError, CommandError where the command line cannot be carried out as it stands. */
export async function runGet(plan: GetPlan, terminal: Terminal): Promise<number> {
  const clock = systemClock;
  const startMs = clock.nowMs();
  const elapsedMs = (): number => clock.nowMs() - startMs;
  const report: Report =
    plan.format === 'json'
      ? new JsonReport(terminal, plan.verbosity > 0, elapsedMs)
      : new TextReport(terminal, plan.verbosity, elapsedMs);
  const memory = new ConnectionMemory();
  const session = new Session({
    ...plan.session,
    trace: (event) => report.onEvent(event, memory.observe(event, clock.nowMs())),
  });
  const output = new BodyOutput(plan.place, terminal.stdout, (text) => report.note(text));
  const summary = new Summary();
  const end = new RunEnd();
  let exitCode: number = EXIT_CODES.good;

  const take = async (turn: { readonly index: number; readonly round: number }): Promise<void> => {
    const request = plan.requests[turn.index]!;
    const turnStartMs = clock.nowMs();
    try {
      const tools = { session, memory, output, report, clock, end, onRecord: summary.add.bind(summary) };
      const last = await fetchUrl(request, turn, { ...plan, rounds: plan.repeat }, tools);
      if (plan.failOnStatus && last.status >= 400) exitCode = Math.max(exitCode, EXIT_CODES.finding);
    } catch (error) {
      if (end.hasEnded) return;
      if (error instanceof OutputClosedError) return end.end();
      const code = exitCodeOf(error);
      // A defect of ours; or something that would be the same for every request that follows.
      if (code === undefined) throw error;
      if (code === EXIT_CODES.usage) throw new CommandError(code, tellFailure(error as Error), { cause: error });
      exitCode = Math.max(exitCode, code);
      summary.addFailure();
      const { method, url } = request;
      report.onFailure({ method, url, error: error as Error, totalMs: clock.nowMs() - turnStartMs });
    }
  };

  const release = holdProcess();
  const stopListening = listenForEnds(terminal, (signal) => {
    if (signal !== undefined) {
      if (end.hasEnded) terminal.exit(SIGNAL_EXIT_CODES[signal]);
      exitCode = SIGNAL_EXIT_CODES[signal];
      terminal.stderr.write(`Interrupted: ${summary.describeProgress(plan.requests.length * plan.repeat)}\n`);
    }
    end.end();
  });
  try {
    const { repeat, parallel, gapMs } = plan;
    const onPause = (): void => report.onStep({ type: 'pause', durationMs: gapMs });
    const urls = plan.requests.length;
    await runRounds({ urls, repeat, parallel, gapMs, clock, end, onPause }, take);
    if (!end.hasEnded) await session.close();
  } finally {
    end.end();
    session.destroy();
    stopListening();
    release();
  }
  if (plan.verbosity > 0 || plan.repeat > 1) report.onSummary(summary.facts(session.stats()));
  return exitCode;
}

/** Calls back with the signal, or with undefined when nobody reads standard output any more. */
function listenForEnds(
  terminal: Terminal,
  onEnd: (signal: (SignalName & ('SIGINT' | 'SIGTERM')) | undefined) => void,
): () => void {
  const onError = (error: NodeJS.ErrnoException): void => {
    if (isClosed(error)) onEnd(undefined);
  };
  terminal.stdout.on('error', onError);
  const removals = [
    terminal.onSignal('SIGINT', () => onEnd('SIGINT')),
    terminal.onSignal('SIGTERM', () => onEnd('SIGTERM')),
  ];
  return () => {
    for (const remove of removals) remove();
    terminal.stdout.off('error', onError);
  };
}
