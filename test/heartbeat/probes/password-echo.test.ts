// Peers that repeat what they were sent: what a probe tells of them never has the password in it, nor the larger part of it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { formatBytes } from '#src/http/visible-bytes.js';
import { probeFor } from '#src/heartbeat/index.js';
import { repeatsPassword } from '#src/heartbeat/probes/connection/kept-secret.js';

/** Says its greeting, and the answer to whatever it is sent. */
async function listen(t: TestContext, greeting: string, answer: (said: string) => string): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (greeting !== '') socket.write(`${greeting}\r\n`);
    socket.on('data', (bytes) => socket.write(Buffer.from(answer(bytes.toString('latin1')), 'latin1')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const oneLine = (said: string): string => said.replaceAll(/[\r\n\0]+/g, ' ');

const GREETINGS = ['', '220 hello', '331 hello', '+OK hello', '* OK hello', '* PREAUTH hello'];
const ANSWERS: readonly ((said: string) => string)[] = [
  (said) => said,
  (said) => `-ERR ${oneLine(said)}\r\n`,
  (said) => `421 ${oneLine(said)}\r\n`,
  (said) => `331 ${oneLine(said)}\r\n`,
  (said) => `530 ${oneLine(said)}\r\n`,
  (said) => `${oneLine(said)}\r\n`,
  (said) => `+OK ${oneLine(said)}\r\n`,
  (said) => `${said.split(' ')[0]} NO ${oneLine(said)}\r\n`,
  (said) => `* BYE ${oneLine(said)}\r\n`,
  (said) => `${'.'.repeat(60)}${oneLine(said)}\r\n`,
];

/** What is told of one signal. */
async function askOnce(scheme: string, password: string, port: number): Promise<string> {
  const rest = scheme === 'postgres' ? '/shop?sslmode=disable' : '';
  const probe = probeFor(`${scheme}://ada:${encodeURIComponent(password)}@127.0.0.1:${port}${rest}`);
  try {
    const { detail = '' } = (await probe.send(AbortSignal.timeout(2_000))) ?? {};
    return detail;
  } catch (error) {
    return (error as Error).message;
  } finally {
    probe.close?.();
  }
}

describe('a peer that repeats the password', () => {
  for (const scheme of ['redis', 'ftp', 'imap', 'pop3', 'mqtt', 'postgres']) {
    test(`is told of without it by ${scheme}:`, { timeout: 60_000 }, async (t) => {
      const peers = GREETINGS.flatMap((greeting) => ANSWERS.map((answer) => listen(t, greeting, answer)));
      const told = peers.flatMap((port) =>
        ['Zq7passwort', 'Zq7 pass"wört\\'].map(async (password) => askOnce(scheme, password, await port)),
      );
      const words = await Promise.all(told);
      assert.ok(words.filter((said) => said.includes('timeout')).length < words.length / 2, 'most of them are told of');
      for (const said of words) assert.doesNotMatch(said, /Zq7|sswort|ss"w/, said);
    });
  }

  test('is recognised however much of it was cut off, as long as it means something', () => {
    const passwords = fc.stringMatching(/^[a-zà-ÿ\\"' ]{0,30}[a-z]{4}$/);
    fc.assert(
      fc.property(
        passwords,
        fc.string(),
        fc.string(),
        fc.integer({ min: 4, max: 40 }),
        (password, before, behind, length) => {
          assert.ok(repeatsPassword(`${before}${password}${behind}`, password));
          assert.ok(repeatsPassword(`${before}${formatBytes(Buffer.from(password))}${behind}`, password));
          const cut = password.slice(0, length);
          if (!/['"\\]/.test(cut)) assert.ok(repeatsPassword(`it says '${before}${cut}…'`, password));
        },
      ),
    );
    assert.ok(!repeatsPassword('the log-in was refused', 'passwort'));
    assert.ok(!repeatsPassword('the log-in was refused', 'a'));
    assert.ok(!repeatsPassword('the log-in was refused', undefined));
  });
});
