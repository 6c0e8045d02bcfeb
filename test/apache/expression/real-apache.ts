// Runs the installed httpd on a configuration of a few lines, in a folder of its own, for what expressions do there.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { freePorts } from '../../support/free-ports.ts';
import { formatModules, refusalOfHttpd, USER_LINES, withHttpd } from '../httpd/real-httpd.ts';

const MODULES = ['mpm_event', 'authz_core', 'headers', 'setenvif'];

interface ApacheFolder {
  readonly folder: string;
  readonly configuration: string;
  remove(): void;
}

/** Lays out a folder with a page `/q`; the lines are bytes. */
function layOut(lines: string, port: number): ApacheFolder {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'perdura-expressions-'));
  chmodSync(folder, 0o755);
  mkdirSync(path.join(folder, 'www'));
  writeFileSync(path.join(folder, 'www/q'), 'page');
  const configuration = path.join(folder, 'httpd.conf');
  writeFileSync(
    configuration,
    `ServerRoot ${folder}
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
ServerName localhost
${USER_LINES}Mutex posixsem
${formatModules(MODULES)}DocumentRoot ${folder}/www
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
    return refusalOfHttpd(laidOut.configuration).replace(/^AH00526: .*\n/, '');
  } finally {
    laidOut.remove();
  }
}

async function request(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.end(text, 'latin1');
  return (await buffer(socket)).toString('latin1');
}

/** The fields of the answer to one request for `/q?x=1`, by their names in small letters. */
export async function fieldsOfAnswer(lines: string, requestFields: string): Promise<ReadonlyMap<string, string>> {
  const [port = 0] = await freePorts(1);
  const laidOut = layOut(lines, port);
  try {
    const text = `GET /q?x=1 HTTP/1.1\r\nHost: h\r\n${requestFields}Connection: close\r\n\r\n`;
    const answer = await withHttpd(laidOut.configuration, port, () => request(port, text));
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
    laidOut.remove();
  }
}
