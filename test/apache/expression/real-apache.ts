// Runs the installed httpd on a configuration of a few lines, in a folder of its own, for what expressions do there.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { externalProgram } from '../../support/external-program.js';

const MODULES = ['mpm_event', 'authz_core', 'headers', 'setenvif'];
const MODULE_FOLDER = '/usr/lib/apache2/modules';

export interface ApacheFolder {
  readonly folder: string;
  readonly configuration: string;
  remove(): void;
}

/** Lays out a folder with a page `/q`; the lines are bytes. */
export function layOut(lines: string, port: number): ApacheFolder {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'perdura-expressions-'));
  chmodSync(folder, 0o755);
  mkdirSync(path.join(folder, 'www'));
  writeFileSync(path.join(folder, 'www/q'), 'page');
  const load = MODULES.filter((name) => existsSync(`${MODULE_FOLDER}/mod_${name}.so`));
  const user = process.getuid?.() === 0 ? 'User www-data\nGroup www-data\n' : '';
  const configuration = path.join(folder, 'httpd.conf');
  writeFileSync(
    configuration,
    `ServerRoot ${folder}
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
ServerName localhost
${user}Mutex posixsem
${load.map((name) => `LoadModule ${name}_module ${MODULE_FOLDER}/mod_${name}.so`).join('\n')}
DocumentRoot ${folder}/www
<Directory ${folder}/www>
Require all granted
</Directory>
${lines}
`,
    'latin1',
  );
  return { folder, configuration, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What `-t` says, without what names the place. */
export function checkLines(lines: string): string {
  const laidOut = layOut(lines, 1);
  try {
    const { stderr } = spawnSync(externalProgram('apache2').path, ['-t', '-f', laidOut.configuration]);
    return stderr
      .toString('latin1')
      .replace(/^AH00526: .*\n/, '')
      .trimEnd();
  } finally {
    laidOut.remove();
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function request(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.setEncoding('latin1');
  socket.end(text, 'latin1');
  let answer = '';
  for await (const part of socket) answer += String(part);
  return answer;
}

/** The first request also waits for the server: a refused connection is asked again. */
async function requestWhenReady(server: ChildProcess, port: number, text: string): Promise<string> {
  for (;;) {
    try {
      return await request(port, text);
    } catch (error) {
      if (server.exitCode !== null || (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      await new Promise(setImmediate);
    }
  }
}

/** The fields of the answer to one request for `/q?x=1`, by their names in small letters. */
export async function fieldsOfAnswer(lines: string, requestFields: string): Promise<ReadonlyMap<string, string>> {
  const port = await freePort();
  const laidOut = layOut(lines, port);
  const server = spawn(externalProgram('apache2').path, ['-X', '-f', laidOut.configuration], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  try {
    const text = `GET /q?x=1 HTTP/1.1\r\nHost: h\r\n${requestFields}Connection: close\r\n\r\n`;
    const answer = await requestWhenReady(server, port, text);
    const [head = ''] = answer.split('\r\n\r\n', 1);
    return new Map(
      head
        .split('\r\n')
        .slice(1)
        .map((line): [string, string] => {
          const colon = line.indexOf(': ');
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
        }),
    );
  } finally {
    server.kill('SIGTERM');
    await ended;
    laidOut.remove();
  }
}
