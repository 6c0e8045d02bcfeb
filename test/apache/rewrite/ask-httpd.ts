// Asks the real httpd: all sites of a table in one configuration, each a virtual host of its own.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { freePorts } from '../../support/free-ports.ts';
import { formatModules, refusalOfHttpd, USER_LINES, withHttpd } from '../httpd/real-httpd.ts';
import { compact } from './compact.ts';
import { hostNameOf, htaccessOf, partsOf, WATCHED_VARIABLES } from './rewrite-case.ts';
import type { RewriteAnswer, RewriteAsk, RewriteCase } from './rewrite-case.ts';

const MODULES = ['mpm_event', 'authz_core', 'alias', 'dir', 'env', 'headers', 'mime', 'rewrite', 'setenvif'];

/** What one start of httpd answered, table by table. */
export async function askHttpd(cases: readonly RewriteCase[], main = ''): Promise<RewriteAnswer[][]> {
  const root = mkdtempSync(path.join(tmpdir(), 'perdura-rewrite-'));
  const [port = 0] = await freePorts(1);
  writeSites(root, port, cases, main);
  try {
    return await withHttpd(path.join(root, 'httpd.conf'), port, async () => {
      const answers: RewriteAnswer[][] = [];
      for (const [index, { asks }] of cases.entries()) {
        const list: RewriteAnswer[] = [];
        // eslint-disable-next-line no-await-in-loop -- one after the other: with -X there is one process
        for (const ask of asks)
          list.push(readAnswer(await exchange(port, hostNameOf(index), ask), siteFolder(root, index)));
        answers.push(list);
      }
      return answers;
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** What `apache2 -t` says of a configuration, without the place; empty where it is good. */
export function checkWithHttpd(lines: string): string {
  const root = mkdtempSync(path.join(tmpdir(), 'perdura-rewrite-'));
  try {
    const file = path.join(root, 'httpd.conf');
    writeFileSync(file, `${preamble(root, 8080)}${lines}\n`, 'latin1');
    return refusalOfHttpd(file).split('\n').slice(1).join('\n').replaceAll(root, '@ROOT@');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export const siteFolder = (root: string, index: number): string => path.join(root, `s${index}`);

function preamble(root: string, port: number): string {
  const types = path.join(root, 'mime.types');
  writeFileSync(types, '');
  return `ServerRoot ${root}\nPidFile ${root}/pid\nErrorLog ${root}/error.log\nListen 127.0.0.1:${port}\n${formatModules(MODULES)}${USER_LINES}ServerName main.test\nTypesConfig ${types}\n`;
}

/** `main`: what stands in front of the hosts. */
export function writeSites(root: string, port: number, cases: readonly RewriteCase[], main = ''): void {
  let text = preamble(root, port);
  text += '<Directory />\nAllowOverride All\nOptions FollowSymLinks\n</Directory>\n';
  text += 'AddType text/html .html\nAddType text/css .css\nDirectoryIndex index.html\nAcceptPathInfo Default\n';
  text += 'Header always set X-File "expr=%{escape:%{REQUEST_FILENAME}}"\n';
  text += 'Header always set X-Query "expr=%{escape:%{QUERY_STRING}}"\n';
  for (const name of WATCHED_VARIABLES) text += `Header always set X-Env-${name} "%{${name}}e" env=${name}\n`;
  text += main;
  for (const [index, site] of cases.entries()) {
    const folder = siteFolder(root, index);
    writeFolder(folder, site);
    const name = site.ownPort === true ? `${hostNameOf(index)}:80` : hostNameOf(index);
    text += `<VirtualHost *:${port}>\nServerName ${name}\nServerAlias alias${index}.test www.c${index}.test *.wild${index}.test\nDocumentRoot ${folder}\n`;
    text += `${(site.host ?? '').replaceAll('@DOC@', folder)}\n</VirtualHost>\n`;
  }
  writeFileSync(path.join(root, 'httpd.conf'), text, 'latin1');
  chmodSync(root, 0o755);
}

function writeFolder(folder: string, site: RewriteCase): void {
  mkdirSync(folder, { recursive: true });
  for (const entry of site.files) {
    const [name, content] = typeof entry === 'string' ? [entry, entry] : entry;
    const file = path.join(folder, name);
    if (name.endsWith('/')) {
      mkdirSync(file, { recursive: true });
      continue;
    }
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content, 'latin1');
  }
  for (const [below, content] of Object.entries(htaccessOf(site))) {
    mkdirSync(path.join(folder, below), { recursive: true });
    writeFileSync(path.join(folder, below, '.htaccess'), content.replaceAll('@DOC@', folder), 'latin1');
  }
}

export async function exchange(port: number, host: string, ask: RewriteAsk): Promise<string> {
  const { method, target, fields } = partsOf(ask);
  const all = Object.entries({ Host: host, ...fields, Connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const socket = net.connect(port, '127.0.0.1');
  socket.end(Buffer.from(`${method} ${target} HTTP/1.1\r\n${all.join('')}\r\n`, 'latin1'));
  return (await buffer(socket)).toString('latin1');
}

export function readAnswer(text: string, folder: string): RewriteAnswer {
  const [head = ''] = text.split('\r\n\r\n', 1);
  const [line = '', ...rest] = head.split('\r\n');
  const lines = rest.map((field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 2)] as const);
  const value = (name: string): string | undefined =>
    lines.find(([own]) => own === name)?.[1].replaceAll(folder, '@DOC@');
  const status = Number(line.slice(9, 12));
  const location = value('Location');
  const vary = value('Vary');
  const cookies = lines.filter(([name]) => name === 'Set-Cookie').map(([, cookie]) => cookie);
  const env: Record<string, string> = {};
  for (const name of WATCHED_VARIABLES) {
    const known = value(`X-Env-${name}`);
    if (known !== undefined) env[name] = known;
  }
  const served =
    status === 200
      ? { file: value('X-File') ?? '', query: value('X-Query') ?? '', type: value('Content-Type') ?? '' }
      : {};
  return compact({ status, location, vary, cookies, ...served, env });
}
