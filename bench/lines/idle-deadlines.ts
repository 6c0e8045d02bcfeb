// What thousands of idle connections cost, and whether each is ended when it should be.
import { setTimeout as pause } from 'node:timers/promises';
import { atMost } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { Line } from '../line.ts';
import type { ClosedConnection } from '../load/idle-clients.ts';
import { summarise } from '../measure.ts';
import { readCpuTimeMs } from '../process/cpu-time.ts';
import { Child } from '../process/child.ts';
import { planConnections } from '../process/file-limit.ts';

const NAME = 'idle-deadlines';
const WANTED = 20_000;
/** How long the processor is watched while all are idle. */
const WATCH_MS = 10_000;
/** Room to open all connections before the first is due. */
const IDLE_TIMEOUT_MS = 60_000;
/** After the last is due, until all have been closed. */
const SLACK_MS = 2_000;

/** It runs once whatever the number of rounds: it already holds thousands of deadlines, and takes more than a minute. */
export const idleDeadlines: Line = {
  name: NAME,
  title: 'many idle connections',
  async run(settings) {
    const count = planConnections(WANTED);
    const server = await Child.start({
      program: 'contenders/perdura',
      prefix: settings.pinning.server,
      arguments: ['handler', 'idle', String(IDLE_TIMEOUT_MS)],
    });
    const clients = await Child.start({
      program: 'load/idle-clients',
      prefix: settings.pinning.load,
      arguments: [String(await server.port)],
    });
    try {
      settings.progress(`opening ${count} connections`);
      const openedAtMs = performance.now();
      await clients.ask('open', count);
      const openingMs = performance.now() - openedAtMs;
      if (openingMs + WATCH_MS + SLACK_MS > IDLE_TIMEOUT_MS) {
        return [skipped(`opening ${count} connections took ${Math.round(openingMs)} ms: the machine is too busy`)];
      }
      settings.progress(`${count} idle connections, watching for ${WATCH_MS} ms`);
      // Garbage of the opening is still being collected.
      await pause(SLACK_MS / 2);
      const cpuBeforeMs = readCpuTimeMs(server.pid);
      await pause(WATCH_MS);
      const cpuAfterMs = readCpuTimeMs(server.pid);
      settings.progress('waiting for the deadlines');
      await pause(openedAtMs + openingMs + IDLE_TIMEOUT_MS + SLACK_MS - performance.now());
      const closed = await clients.ask<ClosedConnection[]>('closed');
      if (closed.length !== count) throw new Error(`only ${closed.length} of ${count} connections were closed`);
      const note = `${count} connections${count < WANTED ? `, as many as the limit of open files allows (${WANTED} wanted)` : ''}`;
      return [
        cpuBeforeMs === undefined || cpuAfterMs === undefined
          ? skipped('this system does not tell the time that a process used')
          : processorFinding((100 * (cpuAfterMs - cpuBeforeMs)) / WATCH_MS, note),
        ...deadlineFindings(closed),
      ];
    } finally {
      await Promise.all([server.stop(), clients.stop()]);
    }
  },
};

function skipped(reason: string): Finding {
  return { kind: 'skipped', line: NAME, title: 'many idle connections', reason };
}

function processorFinding(percent: number, note: string): Finding {
  return {
    kind: 'measured',
    line: NAME,
    title: 'processor time while all are idle',
    unit: '%',
    summary: summarise([percent]),
    budget: atMost(1),
    note,
  };
}

/** How far from its deadline each connection was closed: too early by the earliest start of its idle time, too late by the latest. */
function deadlineFindings(closed: readonly ClosedConnection[]): Finding[] {
  const earlyMs = closed.map(({ sinceRequestMs }) => Math.max(0, IDLE_TIMEOUT_MS - sinceRequestMs));
  const lateMs = closed.map(({ sinceAnswerMs }) => Math.max(0, sinceAnswerMs - IDLE_TIMEOUT_MS));
  const distances = earlyMs.map((early, index) => Math.max(early, lateMs[index]!)).toSorted((a, b) => a - b);
  const highest = (values: readonly number[]): string => values.reduce((a, b) => Math.max(a, b), 0).toFixed(1);
  return [
    {
      kind: 'measured',
      line: NAME,
      title: 'distance from the idle deadline, 99 of 100 connections',
      unit: 'ms',
      summary: summarise([distances[Math.floor(distances.length * 0.99)]!]),
      budget: atMost(50),
      note: `earliest ${highest(earlyMs)} ms too early, latest ${highest(lateMs)} ms too late, with the client's own delay`,
    },
  ];
}
