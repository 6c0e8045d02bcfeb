// A temporary folder for a server of files: small and large ones, each with a content that no other has.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LOAD_FILES } from './workload.ts';

/** See the head of the file. Configurations, logs and sockets of the server go in it, too. */
export class ServedFiles {
  readonly folder: string;
  readonly #contents = new Map<string, string>();

  constructor() {
    this.folder = mkdtempSync(path.join(tmpdir(), 'perdura-reload-'));
    // A server that was started by root serves as somebody else.
    chmodSync(this.folder, 0o755);
    mkdirSync(path.join(this.folder, 'root', 'files'), { recursive: true });
    for (let number = 0; number < LOAD_FILES; number += 1) {
      // From 15 bytes to more than a socket's buffer.
      const content = `this is file ${number}\n`.repeat(1 + number ** 3 * 3);
      this.#contents.set(`/files/${number}.txt`, content);
      writeFileSync(path.join(this.folder, 'root', 'files', `${number}.txt`), content);
    }
  }

  /** What is served under the path. */
  content(urlPath: string): string {
    const content = this.#contents.get(urlPath);
    if (content === undefined) throw new Error(`${urlPath} is no file of the load`);
    return content;
  }

  /** Path of a file beside the served ones. */
  path(name: string): string {
    return path.join(this.folder, name);
  }

  write(name: string, content: string): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
