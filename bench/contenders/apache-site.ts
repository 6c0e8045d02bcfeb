// One httpd.conf, read by Apache httpd and by `perdura serve --config`: logs but for errors off, connections never ended, .htaccess files everywhere.
import { existsSync, mkdtempSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../line.ts';
import { ExternalServer, findFreePort } from '../process/external-server.ts';
import { explainMissing } from '../process/tools.ts';

/** Where Debian keeps the modules. */
const MODULES_FOLDER = '/usr/lib/apache2/modules';

const MODULES: readonly string[] = 'mpm_event authz_core mime dir setenvif filter headers expires rewrite'.split(' ');

/** Compiled, this file is build/bench/contenders/apache-site.js. */
const COMMAND = fileURLToPath(new URL('../../../bin/perdura.js', import.meta.url));

/** Why httpd cannot be compared with here; undefined: it can. */
export function explainMissingHttpd(settings: Settings): string | undefined {
  if (settings.tools.apache2 === undefined) return explainMissing('apache2');
  const missing = MODULES.find((name) => !existsSync(moduleFile(name)));
  return missing === undefined ? undefined : `${moduleFile(missing)} is not there`;
}

/** The event MPM in one process, so that it can be pinned and its time be read. Four threads for a connection: where none is left, it ends connections. */
export function startHttpd(settings: Settings, documentRoot: string): Promise<ExternalServer> {
  return start(settings, documentRoot, (file) => [settings.tools.apache2!, '-X', '-f', file]);
}

/** The command as a user types it. */
export function startPerdura(settings: Settings, documentRoot: string): Promise<ExternalServer> {
  return start(settings, documentRoot, (file) => [process.execPath, COMMAND, 'serve', '--config', file]);
}

async function start(
  settings: Settings,
  documentRoot: string,
  command: (configuration: string) => readonly string[],
): Promise<ExternalServer> {
  const folder = mkdtempSync(join(tmpdir(), 'perdura-bench-apache-'));
  // Whoever starts it as root has it give its rights away before it reads files.
  chmodSync(folder, 0o755);
  const port = await findFreePort();
  const file = join(folder, 'httpd.conf');
  writeFileSync(file, formatConfiguration(folder, port, documentRoot));
  return ExternalServer.start([...settings.pinning.server, ...command(file)], port, () =>
    rmSync(folder, { recursive: true, force: true }),
  );
}

function moduleFile(name: string): string {
  return join(MODULES_FOLDER, `mod_${name}.so`);
}

function formatConfiguration(folder: string, port: number, documentRoot: string): string {
  return `ServerRoot "${folder}"
PidFile "${folder}/httpd.pid"
ErrorLog "${folder}/error.log"
${MODULES.map((name) => `LoadModule ${name}_module ${moduleFile(name)}`).join('\n')}
User www-data
Group www-data
ServerName localhost
ServerLimit 1
StartServers 1
ThreadLimit 256
ThreadsPerChild 256
MaxRequestWorkers 256
MaxConnectionsPerChild 0
ListenBacklog 4096
Listen 127.0.0.1:${port}
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 600
TypesConfig "${documentRoot}/../mime.types"
DocumentRoot "${documentRoot}"
DirectoryIndex index.html
<Directory "/">
  AllowOverride None
  Require all denied
</Directory>
<Directory "${documentRoot}">
  Options FollowSymLinks
  AllowOverride All
  Require all granted
</Directory>
`;
}
