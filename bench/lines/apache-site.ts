// A site with a .htaccess as sites have it, from the same files and the same httpd.conf, against the real httpd.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainMissingHttpd, startHttpd, startPerdura } from '../contenders/apache-site.ts';
import { atLeast } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { Line, Settings } from '../line.ts';
import { applyLoad } from '../load/load.ts';
import type { Load } from '../load/load.ts';
import { asServer, compareServers } from './server-load.ts';
import type { RunningServer } from './server-load.ts';

const NAME = 'apache-site';
const FILE_BYTES = 10_240;
const PAGE_BYTES = 1024;

/** What compiling takes on the way through all modules; other lines are warm after their first round. */
const WARM_UP_SECONDS = 8;

/** Caching by type, fields for security, and everything that is no file to one page. */
const HTACCESS = `Options -Indexes
<IfModule mod_rewrite.c>
  RewriteEngine On
  RewriteBase /
  RewriteRule ^index\\.html$ - [L]
  RewriteCond %{REQUEST_FILENAME} !-f
  RewriteCond %{REQUEST_FILENAME} !-d
  RewriteRule . /index.html [L]
</IfModule>
<IfModule mod_expires.c>
  ExpiresActive On
  ExpiresDefault "access plus 1 month"
  ExpiresByType text/html "access plus 0 seconds"
  ExpiresByType text/css "access plus 1 year"
</IfModule>
<IfModule mod_headers.c>
  Header set X-Content-Type-Options "nosniff"
  Header always set Referrer-Policy "strict-origin-when-cross-origin"
  <FilesMatch "\\.(css|js|woff2)$">
    Header set Cache-Control "public, max-age=31536000, immutable"
  </FilesMatch>
</IfModule>
`;

interface Task {
  readonly title: string;
  readonly load: Load;
  readonly bodyBytes: number;
}

const TASKS: readonly Task[] = [
  {
    title: '.htaccess, file of 10 KiB',
    load: { path: '/assets/app.css', connections: 64, depth: 1, fields: [] },
    bodyBytes: FILE_BYTES,
  },
  {
    title: '.htaccess, front controller',
    load: { path: '/blog/a-post', connections: 64, depth: 1, fields: [] },
    bodyBytes: PAGE_BYTES,
  },
];

const COMPARISON = { subject: 'perdura', against: 'httpd', budget: atLeast(0.5) };

export const apacheSite: Line = {
  name: NAME,
  title: "server, a site of Apache's with AllowOverride All, 64 connections",
  async run(settings) {
    const missing = explainMissingHttpd(settings);
    if (missing !== undefined) {
      return TASKS.map(({ title }) => skipped(`${title}: perdura against httpd`, missing));
    }
    const folder = layOut();
    const root = join(folder, 'www');
    const servers: RunningServer[] = [];
    try {
      servers.push(asServer('perdura', await startPerdura(settings, root)));
      servers.push(asServer('httpd', await startHttpd(settings, root)));
      const findings: Finding[] = [];
      for (const task of TASKS) {
        // oxlint-disable-next-line no-await-in-loop
        findings.push(...(await compare(settings, task, servers)));
      }
      return findings;
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function compare(settings: Settings, task: Task, servers: readonly RunningServer[]): Promise<Finding[]> {
  const { title, load, bodyBytes } = task;
  settings.progress(`${title}, warming up`);
  await applyLoad({ ...settings, seconds: Math.max(settings.seconds, WARM_UP_SECONDS) }, servers[0]!, load);
  return compareServers(settings, NAME, title, load, bodyBytes, servers, [COMPARISON]);
}

function skipped(title: string, reason: string): Finding {
  return { kind: 'skipped', line: NAME, title, reason };
}

/** Readable by whomever httpd runs as. */
function layOut(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perdura-bench-site-'));
  mkdirSync(join(folder, 'www/assets'), { recursive: true });
  writeFileSync(join(folder, 'mime.types'), 'text/html html\ntext/css css\n');
  writeFileSync(join(folder, 'www/.htaccess'), HTACCESS);
  writeFileSync(join(folder, 'www/index.html'), 'x'.repeat(PAGE_BYTES));
  writeFileSync(join(folder, 'www/assets/app.css'), 'x'.repeat(FILE_BYTES));
  for (const path of ['', 'www', 'www/assets']) chmodSync(join(folder, path), 0o755);
  return folder;
}
