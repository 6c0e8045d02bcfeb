// What makes a server out of a configuration file: a program in a process of its own, or the product in this one, where it need not start anew.
import { main } from '#src/cli/main.js';
import { FakeTerminal } from '../../../cli/fake-terminal.ts';
import { STOP_TIMEOUT_MS } from '../../httpd/started-server.ts';
import type { StartedServer } from '../../httpd/started-server.ts';

export interface ServerProgram {
  /** Names the side in what is reported, and its folder. */
  readonly name: string;
  /** The value of its Server field where the configuration says `ServerTokens Prod`. */
  readonly serverName: string;
  start(configuration: string): StartedServer;
}

/** Local times in listings and logs are the same for all. */
process.env['TZ'] = 'UTC';

/** Runs the command line in this process, with a terminal and signals of its own. */
export function startHere(args: readonly string[]): StartedServer {
  const terminal = new FakeTerminal();
  let ended: string | undefined;
  const over = main(args, terminal).then(
    (code) => (ended = String(code)),
    (error: unknown) => (ended = String(error)),
  );
  return {
    get output() {
      return terminal.stdout.text + terminal.stderr.text;
    },
    get ended() {
      return ended;
    },
    async stop() {
      if (ended !== undefined) return;
      if (!terminal.send('SIGTERM')) throw new Error('nobody listens to SIGTERM');
      let deadline: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => (deadline = setTimeout(resolve, STOP_TIMEOUT_MS)));
      await Promise.race([over, late]);
      clearTimeout(deadline);
      if (ended === undefined) throw new Error(`it does not end: ${terminal.stderr.text}`);
    },
  };
}
