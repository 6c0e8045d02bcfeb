// A site in a folder of its own, served by `perdura serve --config` as a process; its configuration can be written anew.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { certificate } from '../io/opening.ts';
import { PerduraProcess } from '../cli/perdura-process.ts';

const HEAD = `ServerName main.test
LoadModule mpm_event_module mod_mpm_event.so
LoadModule authz_core_module mod_authz_core.so
LoadModule dir_module mod_dir.so
LoadModule mime_module mod_mime.so
LoadModule headers_module mod_headers.so
LoadModule reqtimeout_module mod_reqtimeout.so
LoadModule ssl_module mod_ssl.so
TypesConfig mime.types
ErrorLog error.log
DocumentRoot www
`;

/** See the head of the file. It is removed when disposed of, after whoever serves it. */
export class ServedSite {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), 'perdura-served-'));

  constructor() {
    chmodSync(this.folder, 0o755);
    mkdirSync(path.join(this.folder, 'www'));
    this.write('www/index.html', 'hello');
    this.write('mime.types', 'text/html html\n');
    for (const name of ['localhost', 'other-name']) this.write(`${name}.pem`, certificate(name));
  }

  get configuration(): string {
    return path.join(this.folder, 'httpd.conf');
  }

  write(name: string, text: string | Uint8Array): void {
    writeFileSync(path.join(this.folder, name), text);
  }

  /** Behind modules, DocumentRoot and ErrorLog. */
  configure(text: string): void {
    this.write('httpd.conf', `${HEAD}${text}\n`);
  }

  serve(...flags: string[]): PerduraProcess {
    return new PerduraProcess(['serve', '--config', this.configuration, ...flags], { cwd: this.folder });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The first name of the certificate that is shown for a name. */
export async function shownName(port: number, servername: string): Promise<string> {
  const socket = tls.connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false });
  await once(socket, 'secureConnect', { signal: AbortSignal.timeout(5_000) });
  const [first = ''] = socket.getPeerX509Certificate()?.subjectAltName?.split(', ') ?? [];
  socket.destroy();
  return first.replace('DNS:', '');
}
