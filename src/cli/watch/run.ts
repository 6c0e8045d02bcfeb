// A run of `perdura watch` from the checked plan to the exit code: who is told what, and what ends it.
import { systemClock } from '../../io/index.ts';
import type { ClockTimer, LoopClock } from '../../io/index.ts';
import { printable } from '../../text/index.ts';
import { CommandError, EXIT_CODES, SIGNAL_EXIT_CODES } from '../exit-code.ts';
import { isClosed } from '../get/body-output.ts';
import { holdProcess, paletteFor } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { decideExitCode } from './decide-exit-code.ts';
import type { End } from './decide-exit-code.ts';
import { Fleet } from './fleet.ts';
import { openNotifiers } from './notifiers.ts';
import type { WatchPlan } from './plan.ts';
import { openMetrics } from './open-metrics.ts';
import type { OpenMetrics } from './open-metrics.ts';
import { formatSummary } from './summary.ts';
import { LineView, TableView, canDrawTable } from './views.ts';
import type { WatchView } from './views.ts';
import type { WatchedTarget } from './watched-target.ts';

/** Resolves to the exit code. @throws CommandError where the metrics cannot be served; then no signal went out. */
export async function runWatch(plan: WatchPlan, terminal: Terminal, clock: LoopClock = systemClock): Promise<number> {
  const view = makeView(plan, terminal, clock);
  const notifiers = openNotifiers(plan, terminal, clock, (line) => view.note(line));
  const waiter = waitForEnd(plan, terminal, clock);
  // Who has another way to be told may go on without it.
  const hasOtherReaders = plan.metrics !== undefined || plan.commands.length + plan.webhooks.length > 0;
  let failure: Error | undefined;
  const releaseOutput = watchOutput(terminal, (error) => {
    const isGone = isClosed(error);
    if (!isGone && hasOtherReaders) view.note(`warning: ${wordsOf(error)}; the watch goes on without it`);
    else if (!isGone) failure = error;
    if (error.code === 'EIO' || !hasOtherReaders) waiter.end('done');
  });
  const release = holdProcess();
  let metrics: OpenMetrics | undefined;
  try {
    metrics = await openMetrics(plan, clock);
    for (const note of [...plan.notes, ...(metrics?.notes ?? [])]) terminal.stderr.write(`${printable(note)}\n`);
    const fleet = new Fleet({
      ...plan,
      hasTrails: view instanceof TableView,
      clock,
      onEvent: (event, watched, isFirst) => {
        view.onEvent(event, watched, isFirst);
        metrics?.onEvent(event);
        notifiers.onEvent(event);
      },
      onCounted: () => waiter.end('done'),
    });
    const beganMs = clock.nowMs();
    view.begin(fleet.targets);
    fleet.begin();
    const end = await waiter.ended.finally(() => fleet.end());
    const elapsedMs = clock.nowMs() - beganMs;
    view.end();
    await tellSummary(plan, fleet.targets, elapsedMs, clock, terminal);
    await notifiers.close();
    if (failure !== undefined) throw new CommandError(EXIT_CODES.finding, wordsOf(failure), { cause: failure });
    return decideExitCode(fleet.targets, end, {
      hasOwnEnd: plan.count < Infinity || plan.forMs < Infinity,
      isAdaptive: plan.heartbeat.adaptive !== false,
    });
  } finally {
    view.end();
    waiter.release();
    releaseOutput();
    await notifiers.close();
    await metrics?.close();
    release();
  }
}

function makeView(plan: WatchPlan, terminal: Terminal, clock: LoopClock): WatchView {
  const telling = plan.isVerbose ? 'signals' : 'changes';
  if (plan.format === 'text' && canDrawTable(terminal)) return new TableView(terminal, clock, telling, plan.rhythm);
  return new LineView(terminal, plan.format, telling);
}

interface EndWaiter {
  readonly ended: Promise<End>;
  end(how: End): void;
  release(): void;
}

/** Whatever ends a watch but its count. A second signal ends the process at once. */
function waitForEnd(plan: WatchPlan, terminal: Terminal, clock: LoopClock): EndWaiter {
  let resolve!: (end: End) => void;
  const ended = new Promise<End>((whenResolved) => {
    resolve = whenResolved;
  });
  let isEnding = false;
  const end = (how: End): void => {
    if (isEnding && how !== 'done') terminal.exit(SIGNAL_EXIT_CODES[how]);
    isEnding = true;
    resolve(how);
  };
  const stopTimer = startLongTimer(clock, plan.forMs, () => end('done'));
  const removals = [
    terminal.onSignal('SIGINT', () => end('SIGINT')),
    terminal.onSignal('SIGTERM', () => end('SIGTERM')),
  ];
  const release = (): void => {
    for (const remove of removals) remove();
    stopTimer();
  };
  return { ended, end, release };
}

/** Calls back once, when standard output fails: on a disk that is full every further line fails as well. The result takes that back. */
function watchOutput({ stdout }: Terminal, onFailed: (error: NodeJS.ErrnoException) => void): () => void {
  let hasFailed = false;
  const onError = (error: NodeJS.ErrnoException): void => {
    if (!hasFailed) onFailed(error);
    hasFailed = true;
  };
  stdout.on('error', onError);
  return () => void stdout.off('error', onError);
}

const wordsOf = (error: Error): string => `cannot write to standard output: ${error.message}`;

/** Timers of Node.js last for 24.8 days at the most, so it is armed anew until the time is up. The result stops it. */
function startLongTimer(clock: LoopClock, delayMs: number, callback: () => void): () => void {
  if (delayMs === Infinity) return () => {};
  const untilMs = clock.nowMs() + delayMs;
  let timer: ClockTimer | undefined;
  const arm = (): void => {
    const leftMs = untilMs - clock.nowMs();
    if (leftMs > 0) timer = clock.startTimer(leftMs, arm);
    else callback();
  };
  arm();
  return () => timer?.stop();
}

/** On standard error where standard output is for programs. */
function tellSummary(
  { format }: WatchPlan,
  targets: readonly WatchedTarget[],
  elapsedMs: number,
  clock: LoopClock,
  terminal: Terminal,
): Promise<void> {
  const stream = format === 'json' ? terminal.stderr : terminal.stdout;
  const text = formatSummary(targets, elapsedMs, clock.nowMs(), paletteFor(terminal, stream));
  // Whether it could be written is known, and told, a little later.
  return new Promise((resolve) => stream.write(text, () => resolve()));
}
