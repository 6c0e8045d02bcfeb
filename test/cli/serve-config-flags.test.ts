// `perdura serve --config` with the flags that stay the command's own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { freePorts } from '../support/free-ports.ts';
import { PerduraProcess } from './perdura-process.js';

const folder = mkdtempSync(path.join(tmpdir(), 'perdura-serve-config-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

function configure(text: string): string {
  const file = path.join(folder, 'httpd.conf');
  writeFileSync(file, text);
  return file;
}

/** Apache has no port 0. */
async function listen(): Promise<string> {
  const [port = 0] = await freePorts(1);
  return `Listen 127.0.0.1:${port}`;
}

describe('perdura serve --config', () => {
  test('the longest idle connection makes room where --open-connections says how many there may be', async () => {
    const file = configure(`${await listen()}\nDocumentRoot ${folder}\nKeepAliveTimeout 60\n`);
    await using process = new PerduraProcess(['serve', '--config', file, '--open-connections', '1']);
    const { hostname, port } = await process.url();
    const first = connect(Number(port), hostname);
    first.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(first, 'data');
    const ended = once(first, 'close');
    const second = connect(Number(port), hostname);
    await ended;
    second.destroy();
  });

  test('a name that is empty defines nothing, and is refused', async () => {
    const file = configure(`${await listen()}\n`);
    await using process = new PerduraProcess(['serve', '--config', file, '--define', '']);
    const { code, stderr } = await process.result;
    assert.equal(code, 2);
    assert.match(stderr, /--define: write a name/);
  });

  test('hosts without names are told by their addresses', async () => {
    const file = configure(
      `${await listen()}\nDocumentRoot ${folder}\n<VirtualHost 127.0.0.1:81 [::1]:82>\n</VirtualHost>\n`,
    );
    await using process = new PerduraProcess(['serve', '--config', file]);
    const [, hosts] = await process.printed(/Hosts +(.*)\n/);
    assert.equal(hosts, 'the main server, 127.0.0.1:81 [::1]:82');
  });
});
