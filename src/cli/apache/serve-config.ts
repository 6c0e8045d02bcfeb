// `perdura serve --config FILE`: from the file to listening servers, and from signals to another configuration or the end.
import { hostname } from 'node:os';
import path from 'node:path';
import {
  ConfigurationRefused,
  NodeFileLookup,
  RunningSite,
  explainNoListener,
  formatRefusal,
} from '../../apache/index.ts';
import type { ConfigurationNote, ListenerPlan, SiteEnvironment } from '../../apache/index.ts';
import { ListenError } from '../../errors.ts';
import { systemClock } from '../../io/index.ts';
import { serve } from '../../server/index.ts';
import type { Server } from '../../server/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { formatHandlerError } from '../serve/handler-error.ts';
import { formatCloseReport, formatCutShort, formatDraining } from '../serve/shutdown-message.ts';
import { endOnSignal } from '../serve/shutdown.ts';
import type { Terminal } from '../terminal.ts';
import type { ConfigFlags } from './config-flags.ts';
import { formatNotes } from './config-notes.ts';
import { LogFiles } from './log-files.ts';
import { formatServing } from './serving-message.ts';

/** Serves, or checks alone. The result is the exit code. */
export async function serveConfig(flags: ConfigFlags, drainMs: number, terminal: Terminal): Promise<number> {
  const logs = new LogFiles(terminal);
  const site = load(flags, createEnvironment(logs, terminal), terminal);
  if (site === undefined) return EXIT_CODES.finding;
  tellNotes(site.configuration.notes, flags, terminal);
  if (flags.checkConfig === true) {
    terminal.stderr.write('Syntax OK\n');
    return EXIT_CODES.good;
  }
  const unheard = explainNoListener(site.configuration);
  if (unheard !== undefined) {
    terminal.stderr.write(`${unheard}\n`);
    return EXIT_CODES.finding;
  }
  try {
    await logs.open(site.accessLogFiles, site.errorLogFiles);
    const servers = await listenEverywhere(site.planListeners(), terminal);
    const target = {
      drain: (options: { readonly drainMs: number; readonly idleGraceMs?: number }, howToEnd: string) =>
        drainAll(servers, options, howToEnd, terminal),
      cutShort: () => {
        const open = servers.reduce((count, server) => count + server.connections().length, 0);
        terminal.stdout.write(formatCutShort(open));
        for (const server of servers) server.destroy();
      },
    };
    const { ended } = endOnSignal(target, terminal, drainMs, () => void reload(site, flags, logs, terminal));
    terminal.stdout.write(formatServing(flags.config!, servers, site.configuration, drainMs, terminal));
    return await ended;
  } finally {
    await logs.close();
  }
}

function createEnvironment(logs: LogFiles, terminal: Terminal): SiteEnvironment {
  return {
    files: new NodeFileLookup(),
    processId: terminal.processId,
    machineName: hostname(),
    wallMs: () => systemClock.wallMs(),
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
    tellRefusal(error, flags, terminal);
    return undefined;
  }
}

function tellNotes(notes: readonly ConfigurationNote[], flags: ConfigFlags, terminal: Terminal): void {
  const text = formatNotes(notes, flags.verbose === true, systemClock.wallMs(), terminal.processId);
  terminal.stderr.write(text);
}

/** With what was doubtful before it. */
function tellRefusal(refused: ConfigurationRefused, flags: ConfigFlags, terminal: Terminal): void {
  tellNotes(refused.notes, flags, terminal);
  terminal.stderr.write(`${formatRefusal(refused, 'perdura')}\n`);
}

/** All of them or none. */
async function listenEverywhere(plans: readonly ListenerPlan[], terminal: Terminal): Promise<Server[]> {
  const servers: Server[] = [];
  for (const { listen, options } of plans) {
    try {
      servers.push(
        await serve({
          ...options,
          onWarning: () => {},
          onError: (error, request) =>
            void terminal.stderr.write(`${formatHandlerError(error, request, systemClock.wallMs())}\n`),
        }),
      );
    } catch (error) {
      for (const server of servers) server.destroy();
      if (!(error instanceof ListenError)) throw error;
      const address = `${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${listen.port}`;
      throw new CommandError(
        EXIT_CODES.unreachable,
        `cannot listen on ${address}: ${error.message}\nChange Listen in the configuration, or end what uses the port.`,
        { cause: error },
      );
    }
  }
  return servers;
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

/** SIGHUP: the configuration is read anew, logs are opened anew. What is wrong leaves everything as it was. */
async function reload(site: RunningSite, flags: ConfigFlags, logs: LogFiles, terminal: Terminal): Promise<void> {
  const before = describeFixed(site);
  const refused = site.reload();
  if (refused !== undefined) {
    tellRefusal(refused, flags, terminal);
    terminal.stderr.write('SIGHUP: the new configuration is refused; the old one stays in use\n');
    return;
  }
  tellNotes(site.configuration.notes, flags, terminal);
  await logs.open(site.accessLogFiles, site.errorLogFiles);
  await logs.reopen();
  terminal.stdout.write(`SIGHUP: ${flags.config!} is in use\n`);
  if (describeFixed(site) !== before) {
    terminal.stderr.write(
      'SIGHUP: Listen, timeouts of reading, limits of requests and certificates hold from the next start on\n',
    );
  }
}

/** What a server cannot change while it runs, as a text that can be compared. */
function describeFixed(site: RunningSite): string {
  return JSON.stringify(site.planListeners());
}
