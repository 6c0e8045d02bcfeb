// One side of a comparison: a server that runs with a site's configuration, and what it left in its logs. Both sides get the same files; what
// has to differ (ports, logs) is defined in a small file that is made here and includes the site's own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { troubleAtStart } from '../../httpd/started-server.ts';
import type { StartedServer } from '../../httpd/started-server.ts';
import type { SideFacts } from './normalise.ts';
import type { ServerProgram } from './server-program.ts';

/** Between finding a port and listening on it somebody else may take it. */
const START_ATTEMPTS = 3;

/** A server that runs. */
export class Side {
  readonly facts: SideFacts;
  readonly name: string;
  readonly #server: StartedServer;
  readonly #logs: string;

  private constructor(name: string, facts: SideFacts, server: StartedServer, logs: string) {
    this.name = name;
    this.facts = facts;
    this.#server = server;
    this.#logs = logs;
  }

  /** Starts the program for the site in `siteFolder`; everything that is its own goes below `folder`. */
  static async start(program: ServerProgram, siteFolder: string, folder: string): Promise<Side> {
    const logs = path.join(folder, 'logs');
    mkdirSync(logs, { recursive: true });
    for (let attempt = 1; ; attempt++) {
      const facts = { ports: { PORT: await freePort(), OTHER_PORT: await freePort() }, serverName: program.serverName };
      const configuration = path.join(folder, 'httpd.conf');
      writeFileSync(configuration, formatConfiguration(siteFolder, logs, facts));
      const side = new Side(program.name, facts, program.start(configuration), logs);
      const silence = await troubleAtStart(side.#server, facts.ports.PORT);
      if (silence === undefined) return side;
      const trouble = `${silence}${side.logLines('error.log').join('\n')}`;
      await side.stop();
      if (attempt === START_ATTEMPTS || !/address already in use|EADDRINUSE/i.test(trouble)) {
        throw new Error(`${program.name} does not start with ${siteFolder}: ${trouble}`);
      }
    }
  }

  /** The lines of a log so far; none where there is no such file. */
  logLines(name: string): string[] {
    try {
      return readFileSync(path.join(this.#logs, name), 'latin1').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }
}

function formatConfiguration(siteFolder: string, logs: string, facts: SideFacts): string {
  return `Define SITE "${siteFolder}"
Define LOGS "${logs}"
Define PORT ${facts.ports.PORT}
Define OTHER_PORT ${facts.ports.OTHER_PORT}
ServerRoot "${siteFolder}"
PidFile "${logs}/httpd.pid"
ErrorLog "${logs}/error.log"
Include "${path.dirname(siteFolder)}/common.conf"
Include "${siteFolder}/httpd.conf"
`;
}

/** Below the range from which the system takes ports for clients, so that none of those gets in between. */
const given = new Set<number>();

/** A port that nobody listens on, of five digits. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = net.createServer();
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (given.has(port)) continue;
    given.add(port);
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
