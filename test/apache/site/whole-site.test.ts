// A site in memory, over sockets: what is told to the client and to the error log of what cannot be answered.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { RunningSite } from '#src/apache/index.js';
import { serve } from '#src/server/index.js';
import { HOOK_ORDER } from '#src/apache/hook-order.js';
import { RequestProcessor } from '#src/apache/request/process-request.js';
import { Steps } from '#src/apache/request/steps.js';
import { makeRequest } from '../modules/support/make-request.js';
import { MemoryFileLookup } from '../../support/memory-file-lookup.js';

interface Answered {
  readonly answers: string;
  readonly log: readonly string[];
  readonly turns: number;
}

/** Sends requests on one connection, the last of which ends it. */
async function ask(files: MemoryFileLookup, config: string, targets: readonly string[]): Promise<Answered> {
  const log: string[] = [];
  let turns = 0;
  const modules = ['authz_core', 'mime', 'dir', 'autoindex'].map((name) => `LoadModule ${name}_module x.so\n`).join('');
  files.write('/etc/types', 'text/html html\n');
  files.write('/etc/httpd.conf', `Listen 127.0.0.1:8080\n${modules}TypesConfig types\nDocumentRoot /www\n${config}`);
  const site = new RunningSite(
    { file: '/etc/httpd.conf' },
    {
      files,
      processId: 1,
      machineName: 'machine.example',
      wallMs: () => 1_800_000_000_000,
      nextTurn: () => {
        turns += 1;
        return Promise.resolve();
      },
      writeAccess: () => undefined,
      writeError: (_, line) => void log.push(line.replace(/^.*?\[client [^\]]*\] /, '')),
    },
  );
  const [listener] = site.plan().listeners;
  await using server = await serve({ ...listener!.options, port: 0 });
  const socket = connect(server.port, '127.0.0.1').setEncoding('latin1');
  let answers = '';
  socket.on('data', (text: string) => (answers += text));
  const closed = once(socket, 'close');
  socket.write(
    targets
      .map(
        (target, at) =>
          `GET ${target} HTTP/1.1\r\nHost: a\r\n${at === targets.length - 1 ? 'Connection: close\r\n' : ''}\r\n`,
      )
      .join(''),
  );
  await closed;
  return { answers, log, turns };
}

describe('a site', () => {
  test('looks up a name in a folder whose own name looks like an escape or a query', async () => {
    const from = makeRequest({ files: { '/site/a.html': { text: 'x' } } });
    from.path = '/a%41?b/f';
    const found = await new RequestProcessor(new Steps(HOOK_ORDER, () => false)).lookUpPath('x%20y?q', from);
    assert.deepEqual([found.path, found.query], ['/a%41?b/x y', 'q']);
  });

  test('tells the client that a .htaccess cannot be read', async () => {
    const files = new MemoryFileLookup({ '/www/f': 'text', '/www/.htaccess': '' });
    files.close('/www/.htaccess');
    const { answers, log } = await ask(files, '<Directory /www>\nAllowOverride All\n</Directory>\n', ['/f']);
    const sentence = 'Server unable to read htaccess file, denying access to be safe';
    assert.match(answers, new RegExp(`^HTTP/1.1 403 [^]*access this resource\\.${sentence}</p>`));
    assert.match(log.join('\n'), /AH00529: /);
  });

  test('logs targets that cannot be understood as they were sent', async () => {
    const files = new MemoryFileLookup({ '/www/f': 'text' });
    const { answers, log } = await ask(files, 'LogLevel info\n', ['http:/x', '/%2f?q', '/%zz?q=1']);
    assert.deepEqual(answers.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 404', 'HTTP/1.1 404', 'HTTP/1.1 400']);
    assert.deepEqual(log, [
      'AH00128: File does not exist: /www/x',
      "AH00026: found %2f (encoded '/') in URI path (/%2f?q), returning 404",
      'AH10244: invalid URI path (/%zz?q=1)',
    ]);
  });

  test('lists a large folder with pauses for other connections', async () => {
    const names = Array.from({ length: 450 }, (_, at) => [`/www/d/f${at}.html`, ''] as const);
    const files = new MemoryFileLookup(Object.fromEntries(names));
    const { answers, turns } = await ask(files, '<Directory /www>\nOptions Indexes\n</Directory>\n', ['/d/']);
    assert.match(answers, /href="f449\.html"/);
    assert.equal(turns, 4);
  });
});
