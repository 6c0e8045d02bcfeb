// The installed httpd: what every configuration needs for it, how it is started, and what it says of a configuration.
import { spawnSync } from 'node:child_process';
import { externalProgram } from '../../support/external-program.ts';
import type { ExternalProgram } from '../../support/external-program.ts';
import { startProcess, troubleAtStart } from './started-server.ts';
import type { StartedServer } from './started-server.ts';

/** Where Debian keeps the modules. */
const MODULES_FOLDER = '/usr/lib/apache2/modules';

export const httpdProgram: ExternalProgram = externalProgram('apache2');

/** Apache does not serve as root. Empty for anybody else. */
export const USER_LINES: string = process.getuid?.() === 0 ? 'User www-data\nGroup www-data\n' : '';

/** `LoadModule` lines for names such as `mpm_event`. */
export function formatModules(names: readonly string[]): string {
  return names.map((name) => `LoadModule ${name}_module ${MODULES_FOLDER}/mod_${name}.so\n`).join('');
}

/** Starts it without waiting. Several processes serve, as in production. */
export function startHttpd(configuration: string, ...more: readonly string[]): StartedServer {
  return startProcess(httpdProgram.path, ['-f', configuration, '-DFOREGROUND', ...more]);
}

/** Runs the task while httpd serves with one process, which is started in a moment; the configuration has it listen on the port. */
export async function withHttpd<Result>(
  configuration: string,
  port: number,
  task: () => Promise<Result>,
): Promise<Result> {
  const server = startProcess(httpdProgram.path, ['-f', configuration, '-X']);
  try {
    const trouble = await troubleAtStart(server, port);
    if (trouble !== undefined) throw new Error(`httpd does not serve ${configuration}: ${trouble}`);
    return await task();
  } finally {
    await server.stop();
  }
}

/** What `-t` says where the configuration is refused, one character a byte; empty where it is good. */
export function refusalOfHttpd(configuration: string): string {
  const { status, stderr } = spawnSync(httpdProgram.path, ['-t', '-f', configuration], { encoding: 'latin1' });
  return status === 0 ? '' : stderr.trimEnd();
}
