// A peer that vanishes without a word (half-open): the kernel's keepalive finds out, and the connection that is held tells at once.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { externalProgram } from '../../support/external-program.ts';

/** A network of its own, in which the loopback device may be switched off; needs user namespaces, or root. */
const OWN_NETWORK = ['--map-root-user', '--net'];

const unshare = externalProgram('unshare');
const ip = externalProgram('ip');

function reasonToSkip(): string | false {
  if (unshare.skip !== false || ip.skip !== false) return unshare.skip === false ? ip.skip : unshare.skip;
  const { status } = spawnSync(unshare.path, [...OWN_NETWORK, ip.path, 'link', 'set', 'lo', 'up']);
  return status === 0 ? false : 'this machine allows no network of its own';
}

test(
  'a connection that is held tells that its peer has vanished, when the kernel said it would',
  { skip: reasonToSkip(), timeout: 60_000 },
  async (context) => {
    const program = path.resolve(import.meta.dirname, 'half-open-program.js');
    const script = `${ip.path} link set lo up && exec "$0" "$1"`;
    const { stdout } = await promisify(execFile)(unshare.path, [
      ...OWN_NETWORK,
      'sh',
      '-c',
      script,
      process.execPath,
      program,
    ]);
    context.diagnostic(stdout.trim());
    const told = JSON.parse(stdout) as { reason: string; afterMs: number; kernelKeepAlive: { lostAfterMs: number } };
    const { lostAfterMs } = told.kernelKeepAlive;
    assert.equal(told.reason, `the peer's machine has acknowledged nothing for ${lostAfterMs / 1_000} s (ETIMEDOUT)`);
    // The kernel counts from the last segment, and its timers may be late by some percent.
    assert.ok(told.afterMs > lostAfterMs - 1_000 && told.afterMs < lostAfterMs * 1.2 + 500, `${told.afterMs} ms`);
  },
);
