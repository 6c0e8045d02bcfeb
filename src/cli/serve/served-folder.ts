// The folder to serve: it must be one, and readable, before anything listens.
import { access, constants, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { CommandError, EXIT_CODES } from '../exit-code.ts';

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** The absolute path of the folder. @throws CommandError where there is none, or none that can be read. */
export async function findFolder(typed: string): Promise<string> {
  // As `perdura serve "$UNSET"` comes out: to serve the current folder instead would publish what nobody named.
  if (typed === '') throw new CommandError(EXIT_CODES.usage, 'the folder has no name.\nName one, or . for this one.');
  const folder = resolve(typed);
  try {
    const found = await stat(folder);
    if (!found.isDirectory()) {
      const advice = `Serve the folder that it is in: perdura serve ${dirname(folder)}`;
      throw new CommandError(EXIT_CODES.usage, `${folder} is not a folder.\n${advice}`);
    }
    await access(folder, constants.R_OK | constants.X_OK);
    return folder;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const code = codeOf(error);
    const problem =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? `there is no folder ${folder}.\nName one that exists: perdura serve ./public`
        : `the folder ${folder} cannot be read (${String(code)}).\nGive this user the right to read and enter it, or name another one.`;
    throw new CommandError(EXIT_CODES.usage, problem, { cause: error });
  }
}

/** Whether a file would be served along with the folder. */
export function isInFolder(file: string, folder: string): boolean {
  const way = relative(folder, resolve(file));
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
