// Every setting that the catalogue of findings recommends is one: the real programs read it in their configuration, Node.js has it, and
// our own server takes it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import http from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { CATALOGUE, FINDING_IDS } from '#src/inspect/index.js';
import type { ServerSetting } from '#src/inspect/index.js';
import { resolveServeOptions } from '#src/server/index.js';
import { externalProgram } from '../support/external-program.ts';

const run = promisify(execFile);

// Compiled, this file is build/test/integration/finding-settings.test.js.
const fixtures = path.resolve(import.meta.dirname, '../../../test/io/fixtures');

function settingsOf(software: ServerSetting['software']): string[] {
  const all = FINDING_IDS.flatMap((id) => CATALOGUE[id].settings);
  return [...new Set(all.filter((one) => one.software === software).map(({ setting }) => setting))];
}

/** Runs with a folder of its own, which is gone afterwards. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'perdura-settings-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('settings that findings recommend', () => {
  const nginx = externalProgram('nginx');
  test('nginx reads them', { skip: nginx.skip }, async () => {
    const { stderr: version } = await run(nginx.path, ['-v']);
    const [, major, minor] = /nginx\/(\d+)\.(\d+)/.exec(version) ?? [];
    // HTTP/2 was a word of `listen` before 1.25.1.
    const isOld = Number(major) === 1 && Number(minor) < 25;
    await inFolder(async (folder) => {
      for (const setting of settingsOf('nginx').filter((one) => !isOld || one !== 'http2 on;')) {
        const file = path.join(folder, 'nginx.conf');
        await writeFile(file, `events {}\nhttp { server { listen 127.0.0.1:18080;\n${setting}\n} }\n`);
        const own = `pid ${folder}/pid; error_log ${folder}/log;`;
        await run(nginx.path, ['-t', '-q', '-p', folder, '-c', file, '-g', own]).catch((error: unknown) =>
          assert.fail(`${setting}: ${String(error)}`),
        );
      }
    });
  });

  const apache = externalProgram('apache2');
  test('Apache reads them', { skip: apache.skip }, async () => {
    const modules = ['mpm_event', 'ssl', 'socache_shmcb', 'http2', 'reqtimeout'].map(
      (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
    );
    await inFolder(async (folder) => {
      for (const setting of settingsOf('Apache')) {
        const file = path.join(folder, 'httpd.conf');
        const own = ['ServerName localhost', `PidFile ${folder}/pid`, `ErrorLog ${folder}/log`];
        const lines = [...modules, ...own, setting.replace('/run/apache2', folder)];
        await writeFile(file, `${lines.join('\n')}\n`);
        await run(apache.path, ['-t', '-d', folder, '-f', file]).catch((error: unknown) =>
          assert.fail(`${setting}: ${String(error)}`),
        );
      }
    });
  });

  const haproxy = externalProgram('haproxy');
  test('HAProxy reads them', { skip: haproxy.skip }, async () => {
    const certificate = await readFile(path.join(fixtures, 'self-signed.pem'), 'utf8');
    await inFolder(async (folder) => {
      await writeFile(path.join(folder, 'site.pem'), certificate);
      for (const setting of settingsOf('HAProxy')) {
        const isGlobal = /^(?:tune\.|ssl-default-bind-options )/.test(setting);
        const bind = setting.startsWith('bind ') ? setting : `bind 127.0.0.1:18080\n${setting}`;
        const timeouts = 'timeout connect 1s\ntimeout client 1s\ntimeout server 1s';
        const listen = isGlobal ? 'bind 127.0.0.1:18080' : bind;
        const file = path.join(folder, 'haproxy.cfg');
        await writeFile(
          file,
          `global\n${isGlobal ? setting : ''}\ndefaults\nmode http\n${timeouts}\nlisten all\n${listen}\nserver one 127.0.0.1:18081\n`,
        );
        await run(haproxy.path, ['-c', '-q', '-f', file], { cwd: folder }).catch((error: unknown) =>
          assert.fail(`${setting}: ${String(error)}`),
        );
      }
    });
  });

  test('a server of Node.js has them', () => {
    const server: object = http.createServer();
    for (const setting of settingsOf('Node.js')) {
      const [, property] = /^server\.(\w+) = [\d_]+$/.exec(setting) ?? [];
      if (property !== undefined) assert.ok(property in server, setting);
    }
  });

  test('our own server takes them', () => {
    for (const setting of settingsOf('perdura')) {
      // Text of the catalogue, no input of anybody.
      const options = parseOptions(setting);
      assert.doesNotThrow(() => resolveServeOptions({ handler: () => ({ status: 200 }), ...options }), setting);
    }
  });
});

/** `name: value` as it stands in an object of TypeScript; values are numbers, words and one object of such. */
function parseOptions(text: string): object {
  const json = text
    .replaceAll('Infinity', '1e999')
    .replaceAll(/(\d)_(?=\d)/g, '$1')
    .replaceAll("'", '"')
    .replaceAll(/(\w+):/g, '"$1":');
  return JSON.parse(`{${json}}`) as object;
}
