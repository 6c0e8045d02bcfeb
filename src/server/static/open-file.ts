// Opens what a path leads to: a regular file in the root, or the reason why there is none to be served.
import type { FileCalls, FileFacts } from './file-calls.ts';
import type { RootFolder } from './root-folder.ts';

/** A descriptor with one owner, who closes it. */
export class OpenFile {
  readonly facts: FileFacts;
  readonly #descriptor: number;
  readonly #calls: FileCalls;
  #closed = false;

  constructor(descriptor: number, facts: FileFacts, calls: FileCalls) {
    this.#descriptor = descriptor;
    this.facts = facts;
    this.#calls = calls;
  }

  /** Reads until `lengthBytes` are there or the file ends; resolves to how many there were. */
  async read(buffer: Uint8Array, lengthBytes: number, position: number): Promise<number> {
    let filledBytes = 0;
    while (filledBytes < lengthBytes) {
      const missingBytes = lengthBytes - filledBytes;
      const readBytes = await this.#calls.read(
        this.#descriptor,
        buffer,
        filledBytes,
        missingBytes,
        position + filledBytes,
      );
      if (readBytes === 0) break;
      filledBytes += readBytes;
    }
    return filledBytes;
  }

  /** Closing twice closes once: the number may be another file's by then. Not while a read is under way, for the same reason. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#calls.close(this.#descriptor);
  }
}

/** What became of opening. A refusal's status is what the peer is told. */
export type OpenOutcome =
  | { readonly kind: 'file'; readonly file: OpenFile }
  | { readonly kind: 'folder' }
  | { readonly kind: 'refused'; readonly status: 403 | 404 | 503 };

/**
 * Opens a file of the root. Throws only what is not foreseen: an I/O error, say.
 * What lies outside, or is no regular file, is 404 and not 403: whether it exists is nobody's business.
 */
export async function openFile(root: RootFolder, path: string): Promise<OpenOutcome> {
  let descriptor: number;
  try {
    descriptor = await root.calls.open(path);
  } catch (error) {
    return { kind: 'refused', status: decideErrorStatus(error) };
  }
  // Settled, not just all: neither call may still be using the descriptor when it is closed.
  const [facts, held] = await Promise.allSettled([root.calls.factsOf(descriptor), root.holds(descriptor, path)]);
  if (facts.status === 'fulfilled' && held.status === 'fulfilled' && held.value) {
    if (facts.value.kind === 'file') return { kind: 'file', file: new OpenFile(descriptor, facts.value, root.calls) };
    root.calls.close(descriptor);
    return facts.value.kind === 'folder' ? { kind: 'folder' } : { kind: 'refused', status: 404 };
  }
  root.calls.close(descriptor);
  const failed = facts.status === 'rejected' ? facts : held;
  return { kind: 'refused', status: failed.status === 'rejected' ? decideErrorStatus(failed.reason) : 404 };
}

/** The status for an error of the file system; throws the error where it is not one of the foreseen. */
export function decideErrorStatus(error: unknown): 403 | 404 | 503 {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ELOOP':
    // Opening a socket (ENXIO, on some systems EOPNOTSUPP), or a device without a driver.
    case 'ENXIO':
    case 'ENODEV':
    case 'EOPNOTSUPP':
      return 404;
    case 'EACCES':
    case 'EPERM':
      return 403;
    // Out of descriptors or memory: it passes. EAGAIN: somebody holds a lease on the file (Samba does).
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
    case 'EAGAIN':
      return 503;
    default:
      throw error;
  }
}
