// One side of a comparison: a server that runs with a site's configuration, and what it left in its logs. Both sides get the same files; what
// has to differ (ports, logs) is defined in a small file that is made here and includes the site's own.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SideFacts } from './normalise.ts';

/** What makes a server out of a configuration file. */
export interface ServerProgram {
  /** Names the side in what is reported, and its folder. */
  readonly name: string;
  readonly command: string;
  /** The value of its Server field where the configuration says `ServerTokens Prod`. */
  readonly serverName: string;
  argumentsFor(configuration: string): readonly string[];
}

/** A machine that does much else takes its time. */
const START_TIMEOUT_MS = 30_000;
/** Between finding a port and listening on it somebody else may take it. */
const START_ATTEMPTS = 3;
const STOP_TIMEOUT_MS = 3_000;

/** A server that runs. */
export class Side {
  readonly facts: SideFacts;
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #logs: string;

  private constructor(name: string, facts: SideFacts, child: ChildProcess, logs: string) {
    this.name = name;
    this.facts = facts;
    this.#child = child;
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
      const child = spawn(program.command, program.argumentsFor(configuration), {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
      });
      const side = new Side(program.name, facts, child, logs);
      const trouble = await side.#troubleAtStart();
      if (trouble === undefined) return side;
      if (attempt === START_ATTEMPTS || !/address already in use|EADDRINUSE/i.test(trouble)) {
        throw new Error(`${program.name} does not start with ${siteFolder}: ${trouble}`);
      }
    }
  }

  /** Why nobody listens; undefined as soon as somebody does. */
  async #troubleAtStart(): Promise<string | undefined> {
    const child = this.#child;
    let output = '';
    child.stdout?.on('data', (bytes: Buffer) => (output += bytes.toString('latin1')));
    child.stderr?.on('data', (bytes: Buffer) => (output += bytes.toString('latin1')));
    const tell = (what: string): string => `${what}\n${output}${this.logLines('error.log').join('\n')}`;
    for (const startedAt = performance.now(); !(await answers(this.facts.ports.PORT)); await delay(5)) {
      if (child.exitCode !== null || child.signalCode !== null)
        return tell(`it ended (${child.exitCode ?? child.signalCode})`);
      if (performance.now() - startedAt > START_TIMEOUT_MS) {
        child.kill('SIGKILL');
        return tell(`it does not listen after ${START_TIMEOUT_MS} ms`);
      }
    }
    return undefined;
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
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const over = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await over;
    clearTimeout(deadline);
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

async function answers(port: number): Promise<boolean> {
  const socket = net.connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
