// nginx that speaks TLS beside what it speaks anyway, with HTTP/2.
import path from 'node:path';
import { NginxServer } from '../integration/reloading/nginx-server.ts';
import { findFreePort } from '../integration/reloading/server-process.ts';

/** Compiled, this file is build/test/inspect/nginx-over-tls.js. It has the key, too. */
const CERTIFICATE = path.resolve(import.meta.dirname, '../../../test/io/fixtures/localhost.pem');

/** Stops with its scope. */
export interface NginxOverTls extends AsyncDisposable {
  readonly port: number;
}

/** `directives` stand in its `server`. */
export async function startNginxOverTls(program: string, directives: string): Promise<NginxOverTls> {
  const port = await findFreePort();
  const secured = `listen 127.0.0.1:${port} ssl http2; ssl_certificate ${CERTIFICATE}; ssl_certificate_key ${CERTIFICATE};`;
  const server = await NginxServer.start(program, { directives: `${secured} ${directives}` });
  return { port, [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose]() };
}
