// A real broker of MQTT beside the test, with one user and a password.
import { pbkdf2Sync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { externalProgram } from '../../support/external-program.ts';
import { PeerProcess } from '../peer-process.ts';

const program = externalProgram('mosquitto');

/** Why there can be none here, `false` where there can. */
export const skip: string | false = program.skip;

export const USER = 'watch er';
export const PASSWORD = 'pä:ss/w%rd';

/** A folder with its configuration. */
export class MosquittoSetup implements Disposable {
  readonly #folder: string = mkdtempSync(path.join(tmpdir(), 'perdura-mosquitto-'));

  constructor() {
    const salt = Buffer.from('twelve bytes');
    // As mosquitto_passwd of version 2 writes it.
    const hash = pbkdf2Sync(PASSWORD, salt, 101, 64, 'sha512');
    const line = `${USER}:$7$101$${salt.toString('base64')}$${hash.toString('base64')}\n`;
    writeFileSync(path.join(this.#folder, 'passwords'), line, { mode: 0o600 });
  }

  /** Resolves when it accepts connections. `settings` are those of mosquitto.conf. */
  start(port: number, settings: readonly string[] = [`password_file ${this.#folder}/passwords`]): Promise<PeerProcess> {
    const file = path.join(this.#folder, 'mosquitto.conf');
    // As root it would become somebody who may not read this folder.
    const user = process.getuid?.() === 0 ? ['user root'] : [];
    writeFileSync(file, [...user, ...settings, `listener ${port} 127.0.0.1`, ''].join('\n'));
    return new PeerProcess(program.path, ['-c', file]).untilListening(port);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
