// Thousands of clients in a process of their own. Most keep a connection and ask now and then, some come and go, some stream, some send
// bodies, some take back what they asked for (see shares.ts). Each checks every answer.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { answerParent } from '../process/answer-parent.ts';
import type { Asked, Caller, Outcome, Patience } from './asked.ts';
import { Http1Caller } from './http1-caller.ts';
import { Http2Caller } from './http2-caller.ts';
import { openSocket } from './open-socket.ts';
import type { Targets } from './open-socket.ts';
import { planClient } from './shares.ts';
import type { Habit, Protocol } from './shares.ts';
import { Tally } from './tally.ts';
import type { ProtocolCounts } from './tally.ts';

/** What came of it so far. */
export interface ClientSample {
  readonly byProtocol: Readonly<Record<Protocol, ProtocolCounts>>;
  /** What went wrong, how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** The first ones, with what is known of their connections. */
  readonly messages: readonly string[];
  /** How late these clients were themselves, since the last time. */
  readonly lagMaxMs: number;
}

/** What `start` is told. */
export interface ClientPlan {
  readonly count: number;
  readonly targets: Targets;
}

/** The pause between two turns, on average. */
const PAUSES_MS: Readonly<Record<Habit, number>> = {
  steady: 20_000,
  visits: 2_000,
  streams: 5_000,
  sends: 10_000,
  listens: 5_000,
  givesUp: 5_000,
};

/** Turns after which visitors leave. */
const VISIT_TURNS = 3;

/** What those who give up ask for, in turn. */
const GIVEN_UP: readonly (readonly [Asked, Patience])[] = [
  ['page', 'atOnce'],
  ['stream', 'midway'],
  ['body', 'midway'],
  ['events', 'midway'],
];

const tally = new Tally();
const ending = new AbortController();
const callers = new Set<Caller>();

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Anything from none to twice as long, so that they do not march in step. */
const about = (ms: number): number => 2 * ms * Math.random();

async function open(protocol: Protocol, targets: Targets): Promise<Caller | undefined> {
  try {
    const { socket, resumed } = await openSocket(protocol, targets);
    tally.add(protocol, 'open');
    tally.add(protocol, 'opened');
    if (resumed) tally.add(protocol, 'resumed');
    const authority = protocol === 'h2c' ? 'http://127.0.0.1' : 'https://127.0.0.1';
    const caller = protocol.startsWith('h2') ? new Http2Caller(socket, authority) : new Http1Caller(socket);
    callers.add(caller);
    socket.once('close', () => {
      tally.add(protocol, 'open', -1);
      callers.delete(caller);
    });
    if (ending.signal.aborted) caller.drop();
    return caller;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    tally.fail(protocol, `connecting: ${code ?? message}`, message);
    return undefined;
  }
}

/** What is asked in one turn; all of it at once. */
function planTurn(habit: Habit, turn: number, atOnce: number): readonly (readonly [Asked, Patience])[] {
  const page = ['page', 'whole'] as const;
  switch (habit) {
    case 'steady':
    case 'visits':
      return Array.from({ length: atOnce }, () => page);
    case 'streams':
      return Array.from({ length: Math.ceil(atOnce / 2) }, () => ['stream', 'whole'] as const);
    case 'sends':
      return Array.from({ length: atOnce }, () => ['body', 'whole'] as const);
    case 'listens':
      return [['events', 'whole'], ...Array.from({ length: atOnce - 1 }, () => page)];
    default: {
      const given = GIVEN_UP[turn % GIVEN_UP.length]!;
      // Where there are several at once the others must not suffer from it.
      return atOnce === 1 ? [given] : [given, page, ['stream', 'whole'], ['page', 'atOnce']];
    }
  }
}

async function askAll(protocol: Protocol, habit: Habit, turn: number, caller: Caller): Promise<readonly Outcome[]> {
  const plan = planTurn(habit, turn, caller.atOnce);
  tally.add(protocol, 'requests', plan.length);
  const outcomes = await Promise.all(
    plan.map(async ([asked, patience]) => {
      const outcome = await caller.ask(asked, patience);
      if (outcome.startsWith('!'))
        tally.fail(protocol, `${habit}: ${asked} ${patience}: ${outcome.slice(1)}`, caller.story);
      return outcome;
    }),
  );
  tally.add(protocol, 'takenBack', outcomes.filter((outcome) => outcome === 'takenBack').length);
  return outcomes;
}

async function live(number: number, targets: Targets): Promise<void> {
  const { protocol, habit } = planClient(number);
  let caller: Caller | undefined;
  for (let turn = 0; !ending.signal.aborted; turn += 1) {
    // oxlint-disable-next-line no-await-in-loop
    caller ??= await open(protocol, targets);
    // oxlint-disable-next-line no-await-in-loop
    const outcomes = caller === undefined ? [] : await askAll(protocol, habit, turn, caller);
    if (outcomes.some((outcome) => outcome.startsWith('!'))) caller?.drop();
    else if (caller?.lost !== undefined)
      tally.fail(protocol, `${habit}: connection lost: ${caller.lost}`, caller.story);
    if (habit === 'visits' && turn % VISIT_TURNS === VISIT_TURNS - 1) {
      // Every second one in an orderly way.
      if (number % 2 === Math.floor(turn / VISIT_TURNS) % 2) caller?.leave();
      else caller?.drop();
    }
    // What ends from here on is told by the next request.
    if (caller?.usable === false) caller = undefined;
    // oxlint-disable-next-line no-await-in-loop
    await pause(about(PAUSES_MS[habit]));
  }
}

/** Starts so many, a few at a time. */
async function start({ count, targets }: ClientPlan): Promise<void> {
  for (let number = 0; number < count && !ending.signal.aborted; number += 1) {
    void live(number, targets);
    // oxlint-disable-next-line no-await-in-loop
    if (number % 25 === 24) await pause(25);
  }
}

/** All of them, at once. */
function leave(): void {
  ending.abort();
  tally.end();
  for (const caller of callers) caller.drop();
}

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

answerParent(0, {
  start,
  leave,
  sample: (): ClientSample => {
    const lagMaxMs = delay.max / 1e6 - 10;
    delay.reset();
    const { failures, messages } = tally;
    return { byProtocol: tally.byProtocol(), failures, messages, lagMaxMs };
  },
});
