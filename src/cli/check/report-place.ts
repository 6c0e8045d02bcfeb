// Where reports are written, as `--output` has it. Checked before the inspection begins: nobody wants to wait a minute to learn that there
// is no such folder.
import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { findFormat } from './report-format.ts';
import type { ReportFormat } from './report-format.ts';

/** One report to be written. */
export interface ReportPlace {
  /** Undefined: standard output. */
  readonly path: string | undefined;
  readonly format: ReportFormat;
}

/**
 * Files as they were given, each in the format that was asked for, or that its ending means, or as text. Standard output has the text as
 * well, unless it was given itself (`-`): somebody looks at it.
 *
 * @throws CommandError where a file cannot be written.
 */
export async function findReportPlaces(
  files: readonly string[],
  format: ReportFormat | undefined,
): Promise<readonly ReportPlace[]> {
  if (files.length === 0) return [{ path: undefined, format: format ?? 'text' }];
  const places: ReportPlace[] = files.includes('-') ? [] : [{ path: undefined, format: 'text' }];
  const seen = new Set<string>();
  for (const file of files) {
    const path = file === '-' ? undefined : resolve(file);
    if (file === '') throw usage('the file of --output has no name; - is standard output.');
    if (seen.has(path ?? '-')) throw usage(`--output ${file}: given twice.`);
    seen.add(path ?? '-');
    if (path !== undefined) await checkWritable(file, path);
    places.push({ path, format: format ?? findFormat(file) ?? 'text' });
  }
  return places;
}

/** @throws CommandError */
export async function writeReport(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: Error) => {
    throw new CommandError(EXIT_CODES.finding, `--output: ${error.message}`, { cause: error });
  });
}

async function checkWritable(file: string, path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw usage(`--output ${file}: ${error.message}`);
  });
  if (found?.isDirectory() === true) throw usage(`--output ${file}: is a folder; name a file in it.`);
  await access(found === undefined ? dirname(path) : path, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    throw usage(
      error.code === 'ENOENT'
        ? `--output ${file}: there is no folder ${dirname(path)}; make it first.`
        : `--output ${file}: it cannot be written: ${error.message}`,
    );
  });
}

function usage(message: string): CommandError {
  return new CommandError(EXIT_CODES.usage, message);
}
