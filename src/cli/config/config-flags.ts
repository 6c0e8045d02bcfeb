// `perdura serve --config FILE`: its flags, and which others have no meaning beside them.
import { Option } from 'commander';
import type { Command } from 'commander';
import { CommandError, EXIT_CODES } from '../exit-code.ts';

/** What is typed for a configuration of Apache. */
export interface ConfigFlags {
  readonly config?: string;
  readonly checkConfig?: true;
  readonly define: readonly string[];
  readonly verbose?: true;
  /** Of each address that is listened on: Apache's own limits, of its processes and threads, are without effect. */
  readonly openConnections: number;
}

/** Adds them to the command. */
export function addConfigOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--config <file>',
        'serve what an Apache configuration says: httpd.conf with its .htaccess files',
      ).argParser(parseConfigName),
    )
    .option('--check-config', 'only check the configuration, as apache2 -t does')
    .addOption(
      new Option('--define <name>', 'for <IfDefine>; may be repeated')
        .argParser((name: string, before: readonly string[]) => [...before, parseDefine(name)])
        .default([] as string[], 'none'),
    )
    .option('--verbose', 'with --config: name the directives that are without effect');
}

function parseConfigName(text: string): string {
  if (text === '')
    throw new CommandError(EXIT_CODES.usage, '--config: write the name of a file, e.g. /etc/apache2/apache2.conf');
  return text;
}

/** An empty name, e.g. of an unset shell variable, would define nothing. */
function parseDefine(name: string): string {
  if (name.trim() === '') throw new CommandError(EXIT_CODES.usage, '--define: write a name, as <IfDefine> asks for it');
  return name;
}

/** Flags that the configuration speaks for, with the directive that says the same. */
const SPOKEN_FOR: Readonly<Record<string, string>> = {
  port: 'Listen',
  host: 'Listen',
  keepAlive: 'KeepAlive',
  maxKeepAliveRequests: 'MaxKeepAliveRequests',
  keepAliveTimeout: 'KeepAliveTimeout',
  accessLog: 'CustomLog',
  tlsCert: 'SSLCertificateFile',
  tlsKey: 'SSLCertificateKeyFile',
  selfSigned: 'SSLEngine',
  http2: 'Protocols',
};

/** Flags that are not there yet beside a configuration. */
const NOT_BESIDE: readonly string[] = ['workers', 'behind', 'readiness', 'liveness', 'lameDuck'];

/** @throws CommandError where flags contradict each other. `isTyped`: whether a flag was on the command line. */
export function checkConfigFlags(flags: ConfigFlags, dirTyped: boolean, isTyped: (name: string) => boolean): void {
  if (flags.config === undefined) {
    const alone = (['checkConfig', 'define', 'verbose'] as const).find((name) => isTyped(name));
    if (alone === undefined) return;
    const text = alone === 'checkConfig' ? '--check-config' : `--${alone}`;
    throw new CommandError(EXIT_CODES.usage, `${text} goes with --config FILE`);
  }
  if (dirTyped) {
    throw new CommandError(EXIT_CODES.usage, 'with --config the folder comes from DocumentRoot: leave the folder out');
  }
  for (const [name, directive] of Object.entries(SPOKEN_FOR)) {
    if (!isTyped(name)) continue;
    throw new CommandError(
      EXIT_CODES.usage,
      `with --config, ${toFlag(name)} has no meaning: write ${directive} into the configuration`,
    );
  }
  const other = NOT_BESIDE.find((name) => isTyped(name));
  if (other !== undefined) throw new CommandError(EXIT_CODES.usage, `${toFlag(other)} cannot be used with --config`);
}

/** Those that only switch something off. */
const NEGATED: ReadonlySet<string> = new Set(['keepAlive', 'http2']);

function toFlag(name: string): string {
  return `--${NEGATED.has(name) ? 'no-' : ''}${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
