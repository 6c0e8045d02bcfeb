// A server whose behaviour is known, because we configured it: what an inspection must find out is its configuration.
import type { FindingId, InspectOptions } from '#src/inspect/index.js';
import { ServedFiles } from '../reloading/served-files.ts';
import { ServerProcess, findFreePort } from '../reloading/server-process.ts';
import type { Truth } from './truth.ts';

/** A running one. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string;
}

/** One configuration of one server. */
export interface KnownServer {
  /** What is configured, in words. */
  readonly name: string;
  readonly start: () => Promise<RunningServer>;
  readonly truth: Truth;
  /** Findings that must be there, and those that must not. */
  readonly found?: readonly FindingId[];
  readonly notFound?: readonly FindingId[];
  readonly options?: InspectOptions;
}

/** What a program is started with: the arguments for a folder of its own and a port that is free. */
export type MakeArguments = (files: ServedFiles, port: number) => readonly string[];

/** Starts a program that listens on a port which it is told. Its folder is removed with it. */
export async function startProgram(
  program: string,
  makeArguments: MakeArguments,
  path = '/files/0.txt',
): Promise<RunningServer> {
  const files = new ServedFiles();
  const port = await findFreePort();
  const server = new ServerProcess(program, makeArguments(files, port));
  try {
    await server.accepting({ port, host: '127.0.0.1' });
  } catch (error) {
    await server.stop('SIGKILL');
    files.remove();
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}${path}`,
    [Symbol.asyncDispose]: async () => {
      await server.stop('SIGTERM');
      files.remove();
    },
  };
}

/** A server and the one behind it, as one: they end together, the front first. */
export function inFrontOf(front: RunningServer, backend: RunningServer): RunningServer {
  return {
    url: front.url,
    [Symbol.asyncDispose]: async () => {
      await front[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}
