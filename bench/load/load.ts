// A load as it is described to a generator, and what comes of it. Picks the generator.
import { readCpuTimeMs } from '../process/cpu-time.ts';
import type { HeadFields } from '../request-heads.ts';
import type { Settings } from '../line.ts';
import { runH2load } from './h2load.ts';
import { runOwnLoad } from './own-load.ts';
import { runWrk } from './wrk.ts';

export interface Load {
  readonly path: string;
  readonly connections: number;
  /** Requests that each connection keeps under way; above 1 they are pipelined. */
  readonly depth: number;
  /** Fields besides Host. */
  readonly fields: HeadFields;
}

/** A server that is being measured. */
export interface Target {
  readonly pid: number;
  readonly port: Promise<number>;
}

export interface LoadSample {
  readonly requestsPerSecond: number;
  /** Undefined where the system does not tell the time that a process used. */
  readonly requestsPerCpuSecond: number | undefined;
  /** Share of a core that the server used: well below 1 means that the generator, or another program, was the limit. */
  readonly serverBusy: number | undefined;
}

/** Name of the generator for a depth, on this machine. */
export function generatorName(settings: Settings, depth: number): string {
  const tool = depth === 1 ? 'wrk' : 'h2load';
  return settings.tools[tool] === undefined ? 'own generator' : tool;
}

/** Puts a server under load for `settings.seconds`. */
export async function applyLoad(settings: Settings, target: Target, load: Load): Promise<LoadSample> {
  const port = await target.port;
  const cpuBeforeMs = readCpuTimeMs(target.pid);
  const startedAtMs = performance.now();
  const requestsPerSecond = await runGenerator(settings, port, load);
  const elapsedMs = performance.now() - startedAtMs;
  const cpuAfterMs = readCpuTimeMs(target.pid);
  if (cpuBeforeMs === undefined || cpuAfterMs === undefined) {
    return { requestsPerSecond, requestsPerCpuSecond: undefined, serverBusy: undefined };
  }
  const serverBusy = (cpuAfterMs - cpuBeforeMs) / elapsedMs;
  return { requestsPerSecond, requestsPerCpuSecond: requestsPerSecond / serverBusy, serverBusy };
}

function runGenerator(settings: Settings, port: number, load: Load): Promise<number> {
  const { wrk, h2load } = settings.tools;
  if (load.depth === 1 && wrk !== undefined) return runWrk(wrk, settings, port, load);
  if (load.depth > 1 && h2load !== undefined) return runH2load(h2load, settings, port, load);
  return runOwnLoad(settings, port, load);
}
