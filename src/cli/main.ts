// The command line: which commands there are, and how whatever goes wrong becomes a message and an exit code.
// Each command is one file in commands/; nothing here knows what any of them does.
import { Command, CommanderError } from 'commander';
import { OptionError } from '../errors.ts';
import { printableLines } from '../text/index.ts';
import { addAdviseCommand } from './commands/advise.ts';
import { addCheckCommand } from './commands/check.ts';
import { addGetCommand } from './commands/get.ts';
import { addServeCommand } from './commands/serve.ts';
import { addWatchCommand } from './commands/watch.ts';
import { CommandError, EXIT_CODES } from './exit-code.ts';
import { readPackageVersion } from './package-version.ts';
import { paletteFor, processTerminal, wrapWidth } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Adds one command to the program. `finish` is told the exit code when the command has ended well enough to have one. */
export type AddCommand = (program: Command, terminal: Terminal, finish: (exitCode: number) => void) => void;

const COMMANDS: readonly AddCommand[] = [
  addServeCommand,
  addGetCommand,
  addCheckCommand,
  addWatchCommand,
  addAdviseCommand,
];

const EXIT_CODE_HELP = `
Exit codes:
  0  good
  1  a finding, or something that had to be broken off
  2  wrong usage
  3  an address cannot be reached, or not be listened on`;

function createProgram(terminal: Terminal, finish: (exitCode: number) => void): Command {
  const program = new Command('perdura');
  // Settings come before the commands: a command takes over those that are there when it is added.
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      // What was typed is quoted in it.
      writeErr: (text) => void terminal.stderr.write(printableLines(text)),
      getOutHelpWidth: () => Math.min(wrapWidth(terminal.stdout), 100),
      getErrHelpWidth: () => Math.min(wrapWidth(terminal.stderr), 100),
    })
    .description('HTTP persistent connections that never cost you a request.')
    .version(readPackageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('afterAll', EXIT_CODE_HELP);
  for (const addCommand of COMMANDS) addCommand(program, terminal, finish);
  for (const command of [program, ...program.commands]) {
    const path = command === program ? 'perdura' : `perdura ${command.name()}`;
    command.showHelpAfterError(`See ${path} --help`);
  }
  return program;
}

/**
 * Runs one command line.
 *
 * @param argv The arguments after the program's name.
 * @param terminal Default: the process that we run in.
 * @returns The exit code: 0 good, 1 a finding, 2 wrong usage, 3 an address cannot be reached or not be listened on;
 *   128 plus the signal's number where a second signal ended the command at once.
 */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  let exitCode: number = EXIT_CODES.good;
  const program = createProgram(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has said its message already. Its own codes are 0 for help and version that were asked for, else 1.
    if (error instanceof CommanderError) {
      const wasAskedFor = error.code === 'commander.helpDisplayed' || error.code === 'commander.version';
      return wasAskedFor || (error.code === 'commander.help' && error.exitCode === 0)
        ? EXIT_CODES.good
        : EXIT_CODES.usage;
    }
    if (error instanceof CommandError || error instanceof OptionError) {
      const label = paletteFor(terminal, terminal.stderr).red('error:');
      terminal.stderr.write(`${label} ${printableLines(error.message)}\n`);
      return error instanceof CommandError ? error.exitCode : EXIT_CODES.usage;
    }
    // A defect of ours: the stack is what helps.
    throw error;
  }
}
