// A run of `perdura check` from the checked plan to the exit code: the inspection, who is told what, and what ends it early.
import { evaluateExpectation, inspect } from '../../inspect/index.ts';
import type { ExpectationResult, InspectionReport } from '../../inspect/index.ts';
import { systemClock } from '../../io/index.ts';
import { EXIT_CODES, SIGNAL_EXIT_CODES } from '../exit-code.ts';
import { holdProcess, paletteFor, wrapWidth } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CheckPlan, FailOn } from './plan.ts';
import { Progress } from './progress.ts';
import { formatReport } from './report-format.ts';
import { writeReport } from './report-place.ts';
import { inWordsOfCommand } from './tell-failure.ts';

/** Resolves to the exit code. @throws CommandError where the server cannot be reached or a report cannot be written. */
export async function runCheck(plan: CheckPlan, terminal: Terminal): Promise<number> {
  const { url, options, expectations, isVerbose } = plan;
  const progress = new Progress(terminal, systemClock, url, isVerbose);
  const controller = new AbortController();
  let signalCode: number | undefined;
  const stop = (name: 'SIGINT' | 'SIGTERM'): void => {
    if (signalCode !== undefined) {
      progress.end();
      terminal.exit(SIGNAL_EXIT_CODES[name]);
      return;
    }
    signalCode = SIGNAL_EXIT_CODES[name];
    controller.abort();
  };
  const removals = [
    terminal.onSignal('SIGINT', () => stop('SIGINT')),
    terminal.onSignal('SIGTERM', () => stop('SIGTERM')),
  ];
  const release = holdProcess();
  try {
    const { signal } = controller;
    const onProgress = progress.onEvent.bind(progress);
    const report = await inWordsOfCommand(() => inspect(url, { ...options, signal, onProgress })).finally(() =>
      progress.end(),
    );
    const results = expectations.map((expectation) => evaluateExpectation(expectation, report));
    await tellReport(plan, report, results, terminal);
    return signalCode ?? decideExitCode(report, results, plan.failOn);
  } finally {
    for (const remove of removals) remove();
    release();
  }
}

async function tellReport(
  { places, isVerbose }: CheckPlan,
  report: InspectionReport,
  results: readonly ExpectationResult[],
  terminal: Terminal,
): Promise<void> {
  const { stdout, stderr } = terminal;
  for (const { path, format } of places) {
    const isPrinted = path === undefined;
    const layout = {
      transcripts: isVerbose,
      ...(isPrinted ? { width: wrapWidth(stdout), style: paletteFor(terminal, stdout) } : undefined),
    };
    const text = formatReport(format, report, results, layout);
    if (isPrinted) stdout.write(text);
    else await writeReport(path, text);
  }
  // Programs read the report then; people have to learn of it here why the command fails.
  if (places.some(({ path, format }) => path === undefined && format === 'text')) return;
  for (const { met, sentence } of results) if (!met) stderr.write(`unmet: ${sentence}\n`);
}

/** Warnings cost or work by luck; that a build should fail for them is for somebody to say. */
function decideExitCode(report: InspectionReport, results: readonly ExpectationResult[], failOn: FailOn): number {
  // It was stopped in the middle: nothing is known of most that was asked, so nothing is good.
  if (report.lostMs !== undefined) return EXIT_CODES.unreachable;
  const isFound =
    failOn !== 'never' &&
    report.findings.some(({ level }) => level === 'bad' || (level === 'warn' && failOn === 'warn'));
  return isFound || results.some(({ met }) => !met) ? EXIT_CODES.finding : EXIT_CODES.good;
}
