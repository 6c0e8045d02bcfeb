// The two programs that are compared, and what their configurations share: modules, and that they stay small.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatModules, startHttpd, USER_LINES } from '../../httpd/real-httpd.ts';
import { startProcess } from '../../httpd/started-server.ts';
import { startHere } from './server-program.ts';
import type { ServerProgram } from './server-program.ts';

/** Compiled, this file is build/test/apache/differential/harness/programs.js. */
const root = path.resolve(import.meta.dirname, '../../../../..');

/** Those without which the directives of the suite mean nothing. Sites that need others load them themselves. */
const MODULES =
  `mpm_event access_compat alias allowmethods auth_basic authn_core authn_file authz_core authz_groupfile authz_host authz_user
  autoindex deflate dir env expires filter headers mime reqtimeout rewrite setenvif`.split(/\s+/);

/** Small and always the same, whatever the machine has in its own. */
const MIME_TYPES = `text/html html htm
text/plain txt conf log
text/css css
text/csv csv
text/xml xml
text/javascript js mjs
text/markdown md
application/json json map
application/pdf pdf
application/zip zip
application/wasm wasm
application/rss+xml rss
application/octet-stream bin
application/manifest+json webmanifest
image/svg+xml svg
image/png png
image/jpeg jpg jpeg
image/gif gif
image/webp webp
image/x-icon ico
font/woff woff
font/woff2 woff2
video/mp4 mp4
audio/mpeg mp3
`;

/** The truth. */
export const REAL_HTTPD: ServerProgram = {
  name: 'httpd',
  serverName: 'Apache',
  start: (configuration) => startHttpd(configuration),
};

/** The truth once more: two of them must agree, or the comparison is at fault. */
export const SECOND_HTTPD: ServerProgram = { ...REAL_HTTPD, name: 'second-httpd' };

/** What a user types behind `perdura`. */
export function perduraArguments(configuration: string): string[] {
  return ['serve', '--config', configuration];
}

/** Compiled code is not in the folder of the package. */
export const PERDURA_FILE: string = path.join(root, 'bin/perdura.js');

/** The product, as a user starts it. */
export const PERDURA_PROCESS: ServerProgram = {
  name: 'perdura-process',
  serverName: 'perdura',
  start: (configuration) => startProcess(process.execPath, [PERDURA_FILE, ...perduraArguments(configuration)]),
};

/** The same command without a process of its own, which starts in a tenth of the time. */
export const PERDURA: ServerProgram = {
  name: 'perdura',
  serverName: 'perdura',
  start: (configuration) => startHere(perduraArguments(configuration)),
};

/** Writes what every configuration of the suite includes, once for all sites below the folder. */
export function writeCommonFiles(folder: string): void {
  writeFileSync(path.join(folder, 'mime.types'), MIME_TYPES);
  writeFileSync(
    path.join(folder, 'common.conf'),
    `${formatModules(MODULES)}${USER_LINES}TypesConfig "${path.join(folder, 'mime.types')}"
LogLevel warn
ServerTokens Prod
# Without it the kernel keeps silent connections from Apache.
AcceptFilter http none
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MinSpareThreads 1
MaxSpareThreads 16
MaxRequestWorkers 16
`,
  );
}
