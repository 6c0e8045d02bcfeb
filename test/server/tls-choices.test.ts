// What a server over TLS may leave to its owner: which certificate a name gets, and what becomes of plain HTTP.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OptionError } from '#src/errors.js';
import { serve } from '#src/server/index.js';
import type { TlsOptions } from '#src/server/index.js';
import { RawConnection } from '../support/raw-client.ts';
import { identity, shownName, startTls, TlsClient } from './tls-bench.ts';

describe('tls.chooseContext', () => {
  test('says which certificate a name gets, whatever names the certificates have', async (context) => {
    const asked: string[] = [];
    const { server } = await startTls(context, {
      tls: {
        ...identity('localhost'),
        contexts: [identity('other-name')],
        chooseContext: (servername) => {
          asked.push(servername);
          return /^a+\./.test(servername) ? 0 : undefined;
        },
      },
    });
    const names: Record<string, string> = {};
    for (const servername of ['aaa.test', 'other.test', 'b.test']) {
      const client = await TlsClient.open(server.port, { servername, rejectUnauthorized: false });
      names[servername] = shownName(client);
      client.socket.destroy();
    }
    assert.deepEqual(names, { 'aaa.test': 'other.test', 'other.test': 'localhost', 'b.test': 'localhost' });
    assert.deepEqual(asked, ['aaa.test', 'other.test', 'b.test']);
  });
});

describe("tls.plainHttp 'serve'", () => {
  test('hands plain HTTP to the handler, which sees that it is not secure', async (context) => {
    const { server } = await startTls(context, {
      tls: { ...identity('localhost'), plainHttp: 'serve' },
      handler: (_request, { raw, connection }) => ({ body: `${raw?.secure} ${connection.tls?.version} ok` }),
    });
    const plain = await RawConnection.open(server.port);
    plain.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    assert.match(await plain.readToEnd(), /\r\n\r\nfalse undefined ok$/);
    const client = await TlsClient.open(server.port);
    assert.match(await client.ask(), /true TLSv1\.3 ok$/);
    client.socket.destroy();
  });

  test('is the word of new options as soon as they hold', async (context) => {
    const { server } = await startTls(context, { tls: { ...identity('localhost'), plainHttp: 'serve' } });
    server.updateTls(identity('localhost'));
    const plain = await RawConnection.open(server.port);
    plain.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.match(await plain.readToEnd(), /^HTTP\/1\.1 400 .*this port speaks TLS/s);
  });

  test('leaves what is neither to TLS, which ends it', async (context) => {
    const { server, refusals } = await startTls(context, { tls: { ...identity('localhost'), plainHttp: 'serve' } });
    const other = await RawConnection.open(server.port);
    other.write('\r\nhello');
    assert.equal((await other.readToEnd()).includes('HTTP'), false);
    assert.equal(refusals.length, 1);
  });
});

test('what makes no sense is refused with its name', async () => {
  const refuses = (tls: Partial<Record<keyof TlsOptions, unknown>>, option: string): Promise<void> =>
    assert.rejects(
      serve({ handler: () => ({}), port: 0, tls: { ...identity('localhost'), ...tls } as TlsOptions }),
      (error) => error instanceof OptionError && error.option === option,
    );
  await refuses({ plainHttp: 'maybe' }, 'tls.plainHttp');
  await refuses({ chooseContext: 'a.test' }, 'tls.chooseContext');
});
