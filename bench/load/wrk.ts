// Load from wrk (https://github.com/wg/wrk): unpipelined requests on kept connections, one thread.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Settings } from '../line.ts';
import type { Load } from './load.ts';

const execute = promisify(execFile);

/** Requests per second. Throws where any answer was an error, because errors are cheap to make. */
export async function runWrk(wrk: string, settings: Settings, port: number, load: Load): Promise<number> {
  const command = [
    ...settings.pinning.load,
    wrk,
    '--threads=1',
    `--connections=${load.connections}`,
    `--duration=${settings.seconds}s`,
    // A server that is still compiling on a busy machine is slow, not wrong.
    '--timeout=10s',
    ...load.fields.flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    `http://127.0.0.1:${port}${load.path}`,
  ];
  const { stdout } = await execute(command[0]!, command.slice(1), { encoding: 'latin1' });
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk met errors:\n${stdout}`);
  const rate = /^Requests\/sec:\s+([\d.]+)$/m.exec(stdout)?.[1];
  if (rate === undefined) throw new Error(`the report of wrk is not understood:\n${stdout}`);
  return Number(rate);
}
