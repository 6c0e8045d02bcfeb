// A run of `perdura watch` from the checked plan to the exit code: who is told what, and what ends it.
import { systemClock } from '../../io/index.ts';
import type { ClockTimer, LoopClock } from '../../io/index.ts';
import { printable } from '../../text/index.ts';
import { EXIT_CODES, SIGNAL_EXIT_CODES } from '../exit-code.ts';
import { holdProcess, paletteFor } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { Fleet } from './fleet.ts';
import { openNotifiers } from './notifiers.ts';
import type { WatchPlan } from './plan.ts';
import { openMetrics } from './open-metrics.ts';
import type { OpenMetrics } from './open-metrics.ts';
import { formatSummary } from './summary.ts';
import { LineView, TableView, canDrawTable } from './views.ts';
import type { WatchView } from './views.ts';
import type { WatchedTarget } from './watched-target.ts';

/** What ended it: a signal, or that it had come to its end. */
type End = 'SIGINT' | 'SIGTERM' | 'done';

/** Resolves to the exit code. @throws CommandError where the metrics cannot be served; then no signal went out. */
export async function runWatch(plan: WatchPlan, terminal: Terminal, clock: LoopClock = systemClock): Promise<number> {
  const view = makeView(plan, terminal, clock);
  const notifiers = openNotifiers(plan, terminal, clock, (line) => view.note(line));
  const waiter = waitForEnd(plan, terminal, clock);
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
    tellSummary(plan, fleet.targets, elapsedMs, clock, terminal);
    await notifiers.close();
    return decideExitCode(fleet.targets, end, plan);
  } finally {
    view.end();
    waiter.release();
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
  // `perdura watch … | head -1`. Who has another way to be told may go on without it.
  const hasOtherReaders = plan.metrics !== undefined || plan.commands.length + plan.webhooks.length > 0;
  const onStreamError = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EIO' || !hasOtherReaders) end('done');
  };
  terminal.stdout.on('error', onStreamError);
  const stopTimer = startLongTimer(clock, plan.forMs, () => end('done'));
  const removals = [
    terminal.onSignal('SIGINT', () => end('SIGINT')),
    terminal.onSignal('SIGTERM', () => end('SIGTERM')),
  ];
  const release = (): void => {
    for (const remove of removals) remove();
    stopTimer();
    terminal.stdout.off('error', onStreamError);
  };
  return { ended, end, release };
}

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
): void {
  const stream = format === 'json' ? terminal.stderr : terminal.stdout;
  stream.write(formatSummary(targets, elapsedMs, clock.nowMs(), paletteFor(terminal, stream)));
}

/**
 * A watch without an end of its own is ended by a signal, as a server is: the exit code then tells what it saw, as that of ping does. Where
 * an end was given the signal broke it off, and the shell is told so, as with `perdura check`.
 */
function decideExitCode(targets: readonly WatchedTarget[], end: End, { count, forMs }: WatchPlan): number {
  const wasBrokenOff = end !== 'done' && (count < Infinity || forMs < Infinity);
  if (wasBrokenOff) return SIGNAL_EXIT_CODES[end];
  if (!targets.some(({ wasReached }) => wasReached)) return EXIT_CODES.unreachable;
  return targets.some(({ heartbeat }) => heartbeat.stats().downs > 0) ? EXIT_CODES.finding : EXIT_CODES.good;
}
