// `perdura serve [dir]`: what can be typed, and the life of the server from there to the exit code.
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { ListenError, OptionError } from '../../errors.ts';
import { systemClock } from '../../io/index.ts';
import { LogFile, accessLog } from '../../observe/index.ts';
import { DEFAULT_SERVE_OPTIONS, serve } from '../../server/index.ts';
import type { Server, ServerWarning, TlsState } from '../../server/index.ts';
import { staticFiles } from '../../server/static/index.ts';
import { attachWorker, reportWorkerFailure, workerIdentity } from '../../workers/index.ts';
import type { WorkerInfo } from '../../workers/index.ts';
import { addConfigOptions, checkConfigFlags } from '../config/config-flags.ts';
import type { ConfigFlags } from '../config/config-flags.ts';
import { serveConfig } from '../config/serve-config.ts';
import { parseDuration } from '../duration.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { accessLogOpener, formatLogTrouble } from '../serve/access-log-destination.ts';
import { addTlsOptions, CommandTls } from '../serve/command-tls.ts';
import type { TlsFlags } from '../serve/command-tls.ts';
import { resolveConnectionPolicy } from '../serve/connection-policy.ts';
import { formatHandlerError } from '../serve/handler-error.ts';
import { findFolder, isInFolder } from '../serve/served-folder.ts';
import {
  derive,
  describePath,
  formatServeWarning,
  parseBehind,
  parseHealthPath,
  toServeOptions,
} from '../serve/path-flags.ts';
import type { PathFlags } from '../serve/path-flags.ts';
import { serveWithWorkers } from '../serve/serve-with-workers.ts';
import { drainOnSignal } from '../serve/shutdown.ts';
import { formatStartMessage } from '../serve/start-message.ts';
import { paletteFor, wrapWidth } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { parseCount, parsePort, parseRequestLimit, parseWorkers } from '../whole-number.ts';

/** What commander makes of the command line. */
interface ServeFlags extends TlsFlags, ConfigFlags {
  readonly port: number;
  readonly host: string;
  readonly keepAlive: boolean;
  readonly maxKeepAliveRequests: number;
  readonly keepAliveTimeout: number;
  readonly accessLog?: string;
  readonly drainTimeout: number;
  readonly behind: readonly (string | number)[];
  readonly readiness?: string;
  readonly liveness?: string;
  readonly lameDuck?: number;
  readonly workers: number;
}

const EXAMPLES = `
Durations take ms, s, m, h; a bare number is seconds.

Examples:
  perdura serve                                       this folder on port 8080
  perdura serve site --port 3000 --access-log -       watch which requests share a connection
  perdura serve site --host 0.0.0.0 --keep-alive-timeout 75s --access-log /var/log/perdura.log
                                                      behind a load balancer that idles for 60 s
  perdura serve site --host 0.0.0.0 --behind aws-alb --readiness /readyz
                                                      timeouts that suit an AWS ALB, and a path for its checks
  perdura serve site --workers auto                   a process for each core, replaced without a lost request by SIGHUP
  perdura serve site --no-keep-alive                  feel what one connection per request costs
  perdura serve site --self-signed                    https and HTTP/2 with a certificate for this run
  perdura serve site --port 443 --tls-cert site.pem --tls-key site.key
  perdura serve --config /etc/apache2/apache2.conf    what an Apache configuration says, .htaccess files included

Signals:
  SIGINT, SIGTERM  finish the requests under way, then end; a second one ends at once
  SIGHUP           re-opens the access log (for logrotate) and reads certificates anew; with --workers, starts new ones and
                   drains the old ones; with --config, reads the configuration anew and re-opens its logs`;

/** An empty name, e.g. of an unset shell variable, would make Node.js listen on every address of the machine. */
function parseHost(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Write an address or a name, e.g. 127.0.0.1.');
  // As in a URL: nothing else there can begin with a bracket.
  return /^\[[^[\]]+\]$/.test(text) ? text.slice(1, -1) : text;
}

/** An empty name would fail as a file that is missing, which says less. */
function parseLogName(text: string): string {
  if (text === '') throw new InvalidArgumentError('Write the name of a file, or - for standard output.');
  return text;
}

/** Adds the command to the program. */
export function addServeCommand(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const defaults = DEFAULT_SERVE_OPTIONS;
  const timeoutText = `${defaults.keepAliveTimeoutMs / 1_000}s`;
  const definition = program
    .command('serve')
    .description('serve a folder over persistent connections: HTTP/1.1 and HTTP/2, plain or over TLS')
    .argument('[dir]', 'the folder', '.')
    .addOption(
      new Option('-p, --port <number>', 'port to listen on; 0 takes any free one')
        .argParser(parsePort)
        .default(defaults.port),
    )
    .addOption(
      new Option('--host <address>', 'address to listen on; 0.0.0.0 or :: is reachable from elsewhere')
        .argParser(parseHost)
        .default(defaults.hostname),
    )
    .option('--no-keep-alive', 'close the connection after each answer (KeepAlive Off)')
    .addOption(
      new Option('--max-keep-alive-requests <number>', 'answers per connection; 0 for any number')
        .argParser(parseRequestLimit)
        .default(defaults.maxKeepAliveRequests, '0'),
    )
    .addOption(
      new Option('--keep-alive-timeout <duration>', 'how long an idle connection stays open; 0 switches keep-alive off')
        .argParser(parseDuration)
        .default(defaults.keepAliveTimeoutMs, timeoutText),
    )
    .addOption(
      new Option('--access-log <file>', 'write a line for every answer; - writes to standard output').argParser(
        parseLogName,
      ),
    )
    .addOption(
      new Option('--drain-timeout <duration>', 'how long to wait for connections when told to stop')
        .argParser(parseDuration)
        // As Server.close() has it.
        .default(30_000, '30s'),
    )
    .addOption(
      new Option('--open-connections <number>', 'connections open at the same time; then the longest idle make room')
        .argParser(parseCount)
        .default(defaults.limits.connections),
    )
    .addOption(
      new Option(
        '--behind <hops>',
        'what is in front, the outermost first: known hops or idle timeouts, e.g. cloudflare,aws-alb or 60s',
      )
        .argParser(parseBehind)
        .default([], 'nothing'),
    )
    .addOption(
      new Option('--readiness <path>', 'answers there whether requests are welcome; fails once told to stop').argParser(
        parseHealthPath,
      ),
    )
    .addOption(
      new Option('--liveness <path>', 'answers there until connections are no longer accepted').argParser(
        parseHealthPath,
      ),
    )
    .addOption(
      new Option(
        '--lame-duck <duration>',
        'how long to go on accepting when told to stop, so that balancers notice (default: what --behind needs, else 0s)',
      ).argParser(parseDuration),
    )
    .addOption(
      new Option('--workers <number>', 'processes that share the port; auto: as many as can run at the same time')
        .argParser(parseWorkers)
        .default(1),
    );
  addConfigOptions(addTlsOptions(definition))
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, flags: ServeFlags, command: Command) => {
      const isTyped = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
      checkConfigFlags(flags, command.args.length > 0, isTyped);
      if (flags.config !== undefined) {
        finish(await serveConfig(flags, flags.drainTimeout, terminal));
        return;
      }
      const pathFlags: PathFlags = {
        behind: flags.behind,
        readiness: flags.readiness,
        liveness: flags.liveness,
        lameDuckMs: flags.lameDuck,
        drainMs: isTyped('drainTimeout') ? flags.drainTimeout : undefined,
        keepAlive: flags.keepAlive && flags.keepAliveTimeout > 0,
        keepAliveTimeoutMs:
          isTyped('keepAliveTimeout') && flags.keepAliveTimeout > 0 ? flags.keepAliveTimeout : undefined,
      };
      // What was typed, for workers to read again. commander has it, but its types do not say so.
      const { rawArgs } = program as Command & { readonly rawArgs: readonly string[] };
      const run = (): Promise<number> => runServe(dir, flags, pathFlags, terminal, rawArgs);
      finish(await (workerIdentity() === undefined ? run() : runAsWorker(run)));
    });
}

/** What goes wrong is for the primary to say, once and not from every worker. */
async function runAsWorker(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof OptionError)) throw error;
    const exitCode = error instanceof CommandError ? error.exitCode : EXIT_CODES.usage;
    await reportWorkerFailure(error.message, exitCode);
    return exitCode;
  }
}

async function runServe(
  dir: string,
  flags: ServeFlags,
  pathFlags: PathFlags,
  terminal: Terminal,
  args: readonly string[],
): Promise<number> {
  const folder = await findFolder(dir);
  const worker = workerIdentity();
  const tls = await CommandTls.prepare(flags, flags.host, folder, terminal, worker);
  const derivation = derive(pathFlags);
  const policy = resolveConnectionPolicy({
    ...flags,
    keepAliveTimeoutMs: derivation.keepAliveTimeoutMs ?? flags.keepAliveTimeout,
  });
  const drainMs = derivation.drainMs ?? flags.drainTimeout;
  const { stdout } = terminal;
  const startMessage = (url: string, state: TlsState | undefined, workers?: readonly WorkerInfo[]): string =>
    formatStartMessage(
      {
        url,
        folder,
        policy,
        openConnections: flags.openConnections,
        drainMs,
        path: describePath(pathFlags, derivation),
        accessLog: flags.accessLog,
        protocols: tls.describe(state),
        ...(workers === undefined ? {} : { workers }),
      },
      wrapWidth(stdout),
      paletteFor(terminal, stdout),
    );
  const warn = (warning: ServerWarning): void => void terminal.stderr.write(formatServeWarning(tls.nameFiles(warning)));
  if (worker === undefined) warnOfPublicLog(flags.accessLog, folder, terminal);
  if (worker === undefined && flags.workers > 1) {
    const state = tls.readState();
    for (const warning of [...derivation.warnings, ...(state?.warnings ?? [])]) warn(warning);
    return serveWithWorkers(
      {
        workers: flags.workers,
        drainMs,
        args,
        shared: tls.shared,
        startMessage: (workers) => startMessage(workers.url ?? '', state, workers.list()),
      },
      terminal,
    );
  }
  const log = flags.accessLog === undefined ? undefined : await openAccessLog(flags.accessLog, terminal);
  try {
    const { keepAliveTimeoutMs, keepAliveGraceMs, ...rest } = policy;
    const server = await listen(
      () =>
        serve({
          ...rest,
          // What was not typed is left to serve(), which derives the same.
          ...(derivation.keepAliveTimeoutMs === undefined ? { keepAliveTimeoutMs, keepAliveGraceMs } : {}),
          ...toServeOptions(pathFlags),
          ...tls.serveOptions,
          // Of several workers the primary says it, once.
          onWarning: worker === undefined ? warn : () => {},
          port: worker?.port ?? flags.port,
          hostname: flags.host,
          handler: staticFiles(folder, { notFound: '404.html' }),
          limits: { connections: flags.openConnections },
          onError: (error, request) =>
            void terminal.stderr.write(`${formatHandlerError(error, request, systemClock.wallMs())}\n`),
          ...(log === undefined ? {} : { trace: accessLog((line) => log.write(line), worker?.worker) }),
        }),
      flags,
      tls,
    );
    if (worker !== undefined) {
      await attachWorker(server, { drainMs, onHangUp: () => void log?.reopen() });
      return EXIT_CODES.good;
    }
    // Listening to signals comes first: whoever reads the message may send one at once.
    const ended = drainOnSignal(server, terminal, drainMs, () => {
      if (log !== undefined || !tls.hasFiles) void reopenAccessLog(log, flags, terminal);
      if (tls.hasFiles) void tls.reload(server, terminal);
    });
    stdout.write(startMessage(server.url, server.tls));
    return await ended;
  } finally {
    await log?.close();
    if (log !== undefined && log.droppedLines > 0) {
      terminal.stderr.write(`access log ${flags.accessLog}: ${log.droppedLines} lines are missing in all\n`);
    }
  }
}

async function listen(start: () => Promise<Server>, flags: ServeFlags, tls: CommandTls): Promise<Server> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof ListenError)) throw tls.explain(error);
    const address = `${flags.host.includes(':') ? `[${flags.host}]` : flags.host}:${flags.port}`;
    const message = error.message.includes(address) ? error.message : `cannot listen on ${address}: ${error.message}`;
    throw new CommandError(EXIT_CODES.unreachable, `${message}\n${adviseOnListening(error.cause)}`, { cause: error });
  }
}

/** Which option to change. Another port does not help where the address is wrong. */
function adviseOnListening(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EADDRNOTAVAIL'
    ? 'Name an address of this machine with --host: 127.0.0.1 for this machine alone, 0.0.0.0 to be reachable from elsewhere.'
    : 'Name another port with --port, e.g. --port 8081 or --port 0.';
}

function warnOfPublicLog(name: string | undefined, folder: string, terminal: Terminal): void {
  if (name === undefined || name === '-' || !isInFolder(name, folder)) return;
  terminal.stderr.write(`warning: the access log ${name} is inside the served folder, where everybody can fetch it\n`);
}

async function openAccessLog(name: string, terminal: Terminal): Promise<LogFile> {
  try {
    return await LogFile.open({
      open: accessLogOpener(name, terminal.stdout, workerIdentity() !== undefined),
      endOfTurn: (callback) => systemClock.endOfTurn(callback),
      onTrouble: (trouble) => void terminal.stderr.write(formatLogTrouble(name, trouble)),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = 'Name a file in a folder that exists and that this user may write to, or - for standard output.';
    throw new CommandError(EXIT_CODES.usage, `cannot open the access log: ${reason}\n${advice}`, { cause: error });
  }
}

async function reopenAccessLog(log: LogFile | undefined, flags: ServeFlags, terminal: Terminal): Promise<void> {
  if (log === undefined || flags.accessLog === '-') {
    terminal.stdout.write('SIGHUP: there is no access log file to re-open\n');
  } else if (await log.reopen()) {
    terminal.stdout.write(`SIGHUP: re-opened the access log ${flags.accessLog}\n`);
  }
}
