// The programs that check a configuration: the real httpd, and the product as a process and in this one, which is much faster.
import { main } from '#src/cli/main.js';
import { FakeTerminal } from '../../../cli/fake-terminal.ts';
import { runProgram } from '../../../integration/run-program.ts';
import type { CheckingProgram } from './checked-configuration.ts';
import { httpdProgram } from '../../httpd/real-httpd.ts';
import { PERDURA_FILE, perduraArguments } from './programs.ts';

async function runProcess(
  command: string,
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await runProgram(command, args);
  return { code, stdout: stdout.toString('latin1'), stderr };
}

/** `apache2 -t`. */
export const CHECKING_HTTPD: CheckingProgram = {
  name: 'apache2',
  check: async (configuration) => await runProcess(httpdProgram.path, ['-t', '-f', configuration]),
};

/** `perdura serve --check-config`, as a user types it. */
export const CHECKING_PERDURA_PROCESS: CheckingProgram = {
  name: 'perdura',
  check: async (configuration) =>
    await runProcess(process.execPath, [PERDURA_FILE, ...perduraArguments(configuration), '--check-config']),
};

/** The same command without a process of its own. */
export const CHECKING_PERDURA: CheckingProgram = {
  name: 'perdura',
  check: async (configuration) => {
    const terminal = new FakeTerminal();
    const code = await main([...perduraArguments(configuration), '--check-config'], terminal);
    const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');
    return { code, stdout: bytesOf(terminal.stdout.text), stderr: bytesOf(terminal.stderr.text) };
  },
};
