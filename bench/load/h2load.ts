// Load from h2load (https://nghttp2.org): pipelined HTTP/1.1 requests, one thread.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Settings } from '../line.ts';
import type { Load } from './load.ts';

const execute = promisify(execFile);

/** Requests per second. Throws where any request failed, because failures are cheap to make. */
export async function runH2load(h2load: string, settings: Settings, port: number, load: Load): Promise<number> {
  const command = [
    ...settings.pinning.load,
    h2load,
    '--h1',
    '--threads=1',
    `--clients=${load.connections}`,
    `--max-concurrent-streams=${load.depth}`,
    `--duration=${settings.seconds}`,
    ...load.fields.flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    `http://127.0.0.1:${port}${load.path}`,
  ];
  const { stdout } = await execute(command[0]!, command.slice(1), { encoding: 'latin1' });
  const rate = /^finished in [\d.]+m?s, ([\d.]+) req\/s/m.exec(stdout)?.[1];
  const failed = /(\d+) failed, (\d+) errored/.exec(stdout);
  const refused = /^status codes: \d+ 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx$/m.exec(stdout);
  if (rate === undefined || failed === null || refused === null) {
    throw new Error(`the report of h2load is not understood:\n${stdout}`);
  }
  if ([...failed.slice(1), ...refused.slice(1)].some((count) => Number(count) > 0)) {
    throw new Error(`h2load met errors:\n${stdout}`);
  }
  return Number(rate);
}
