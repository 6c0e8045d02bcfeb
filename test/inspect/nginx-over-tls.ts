// nginx that speaks TLS beside what it speaks anyway, with HTTP/2.
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NginxServer } from '../integration/reloading/nginx-server.ts';
import { findFreePort } from '../integration/reloading/server-process.ts';

/** Compiled, this file is build/test/inspect/nginx-over-tls.js. It has the key, too. */
const CERTIFICATE = path.resolve(import.meta.dirname, '../../../test/io/fixtures/localhost.pem');

const START_MS = 5_000;

/** Stops with its scope. */
export interface NginxOverTls extends AsyncDisposable {
  readonly port: number;
}

/** `directives` stand in its `server`. */
export async function startNginxOverTls(program: string, directives: string): Promise<NginxOverTls> {
  const port = await findFreePort();
  const secured = `listen 127.0.0.1:${port} ssl http2; ssl_certificate ${CERTIFICATE}; ssl_certificate_key ${CERTIFICATE};`;
  const server = await NginxServer.start(program, { directives: `${secured} ${directives}` });
  try {
    await accepting(port);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return { port, [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose]() };
}

/** The port beside it is no proof: nginx tries for seconds to get one that somebody else had just then. */
async function accepting(port: number): Promise<void> {
  const untilMs = Date.now() + START_MS;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (Date.now() > untilMs) throw error;
      await sleep(20);
    } finally {
      socket.destroy();
    }
  }
}
