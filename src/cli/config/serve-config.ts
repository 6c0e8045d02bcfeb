// `perdura serve --config FILE`: from the file to listening servers, and from signals to another configuration or the end.
import { hostname } from 'node:os';
import path from 'node:path';
import { ConfigurationRefused, NodeFileLookup, RunningSite, explainNoListener } from '../../apache/index.ts';
import type { SiteEnvironment } from '../../apache/index.ts';
import { systemClock } from '../../io/index.ts';
import type { Server } from '../../server/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { formatHandlerError } from '../serve/handler-error.ts';
import { formatCloseReport, formatCutShort, formatDraining } from '../serve/shutdown-message.ts';
import { endOnSignal } from '../serve/shutdown.ts';
import type { Terminal } from '../terminal.ts';
import type { ConfigFlags } from './config-flags.ts';
import { tellNotes, tellRefusal } from './config-notes.ts';
import { LogFiles } from './log-files.ts';
import { OpenListeners } from './open-listeners.ts';
import { Reloader } from './reloader.ts';
import { formatServing } from './serving-message.ts';

/** Serves, or checks alone. The result is the exit code. */
export async function serveConfig(flags: ConfigFlags, drainMs: number, terminal: Terminal): Promise<number> {
  const logs = new LogFiles(terminal);
  const site = load(flags, createEnvironment(flags, logs, terminal), terminal);
  if (site === undefined) return EXIT_CODES.finding;
  tellNotes(site.configuration.notes, flags.verbose === true, terminal);
  if (flags.checkConfig === true) {
    terminal.stderr.write('Syntax OK\n');
    return EXIT_CODES.good;
  }
  const unheard = explainNoListener(site.configuration);
  if (unheard !== undefined) {
    terminal.stderr.write(`${unheard}\n`);
    return EXIT_CODES.finding;
  }
  const listeners = new OpenListeners(
    {
      onWarning: () => {},
      onError: (error, request) =>
        void terminal.stderr.write(`${formatHandlerError(error, request, systemClock.wallMs())}\n`),
    },
    hostname(),
    drainMs,
    (line) => void terminal.stderr.write(`${line}\n`),
  );
  try {
    const { accessLogFiles, errorLogFiles, listeners: plans } = site.plan();
    await logs.open(accessLogFiles, errorLogFiles);
    await listeners.start(plans);
    const target = {
      drain: (options: { readonly drainMs: number; readonly idleGraceMs?: number }, howToEnd: string) =>
        drainAll(listeners.servers, options, howToEnd, terminal),
      cutShort: () => {
        const open = listeners.servers.reduce((count, server) => count + server.connections().length, 0);
        terminal.stdout.write(formatCutShort(open));
        listeners.destroy();
      },
    };
    const reloader = new Reloader({ site, listeners, logs, flags, terminal });
    const { ended } = endOnSignal(target, terminal, drainMs, () => reloader.request());
    terminal.stdout.write(formatServing(flags.config!, listeners.servers, site.configuration, drainMs, terminal));
    return await ended;
  } catch (error) {
    // Apache's words stand alone.
    if (error instanceof CommandError && error.exitCode === EXIT_CODES.finding)
      terminal.stderr.write(`${error.message}\n`);
    else if (!(error instanceof ConfigurationRefused)) throw error;
    else tellRefusal(error, flags.verbose === true, terminal);
    return EXIT_CODES.finding;
  } finally {
    await logs.close();
  }
}

function createEnvironment(flags: ConfigFlags, logs: LogFiles, terminal: Terminal): SiteEnvironment {
  return {
    files: new NodeFileLookup(),
    processId: terminal.processId,
    machineName: hostname(),
    openConnections: flags.openConnections,
    wallMs: () => systemClock.wallMs(),
    nextTurn: () =>
      new Promise((resolve) => {
        systemClock.endOfTurn(resolve);
      }),
    writeAccess: (file, line) => {
      logs.write(file, line);
    },
    writeError: (file, line) => {
      logs.writeError(file, line);
    },
  };
}

/** Undefined: the configuration is refused, and Apache's words for it are on standard error. */
function load(flags: ConfigFlags, environment: SiteEnvironment, terminal: Terminal): RunningSite | undefined {
  try {
    return new RunningSite(
      {
        file: path.resolve(flags.config!),
        defines: flags.define,
        environment: terminal.environment,
      },
      environment,
    );
  } catch (error) {
    if (!(error instanceof ConfigurationRefused)) throw error;
    tellRefusal(error, flags.verbose === true, terminal);
    return undefined;
  }
}

async function drainAll(
  servers: readonly Server[],
  options: { readonly drainMs: number; readonly idleGraceMs?: number },
  howToEnd: string,
  terminal: Terminal,
): Promise<number> {
  const open = servers.flatMap((server) => server.connections());
  terminal.stdout.write(formatDraining(open, options.drainMs, howToEnd));
  const reports = await Promise.all(servers.map((server) => server.close(options)));
  for (const report of reports) terminal.stdout.write(formatCloseReport(report));
  return reports.some(({ destroyed }) => destroyed.length > 0) ? EXIT_CODES.finding : EXIT_CODES.good;
}
