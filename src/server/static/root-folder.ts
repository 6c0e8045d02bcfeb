// The folder that is served, and whether an open file really lies in it. The one place that guards against symbolic links.
import fs from 'node:fs';
import { resolve, sep } from 'node:path';
import { OptionError } from '../../errors.ts';
import { detectProcfs, nodeFileCalls, type FileCalls } from './file-calls.ts';

/** A root and the calls that reach into it. */
export class RootFolder {
  /** As it was given, absolute, without a slash at its end. It may itself be a symbolic link. */
  readonly path: string;
  readonly calls: FileCalls;
  /** Whether names mean what they mean on Windows. */
  readonly windows: boolean = sep === '\\';
  #realPath: string;

  private constructor(path: string, realPath: string, calls: FileCalls) {
    this.path = path;
    this.#realPath = realPath;
    this.calls = calls;
  }

  /** Opens a root; throws an OptionError where there is no such folder, so that a typing error is seen at the start. */
  static open(root: string, calls?: FileCalls): RootFolder {
    const path = resolve(root);
    let realPath: string;
    try {
      realPath = fs.realpathSync.native(path);
      if (!fs.statSync(realPath).isDirectory()) throw new OptionError('root', `${path} is not a folder`);
    } catch (error) {
      if (error instanceof OptionError) throw error;
      throw new OptionError(
        'root',
        `${path} cannot be served: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    return new RootFolder(withoutLastSeparator(path), realPath, calls ?? nodeFileCalls(detectProcfs(path, realPath)));
  }

  /** The path in the file system of a path that was resolved. */
  locate(path: string): string {
    return this.path + path;
  }

  /**
   * Whether an open file lies in the root once every link is followed. The file is opened first and asked where it is then,
   * so exchanging a link in between gains nothing; a check of the path before opening would be a race.
   */
  async holds(descriptor: number, path: string): Promise<boolean> {
    const realPath = await this.calls.realPathOf(descriptor, path);
    if (realPath === undefined) return false;
    if (this.#contains(realPath)) return true;
    // A root that is a link may have been pointed to the next release since (`current -> releases/42`).
    this.#realPath = await this.calls.realPathAt(this.path);
    return this.#contains(realPath);
  }

  #contains(realPath: string): boolean {
    return realPath.startsWith(withoutLastSeparator(this.#realPath) + sep);
  }
}

function withoutLastSeparator(path: string): string {
  return path.endsWith(sep) ? path.slice(0, -1) : path;
}
