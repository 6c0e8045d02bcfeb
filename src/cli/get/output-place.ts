// Where bodies are written, as `-o` has it: standard output, a file, or a folder with a file for each URL. Decided, and checked as far
// as that is possible, before anything is sent.
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandError, EXIT_CODES } from '../exit-code.ts';

/** Where the bodies of a run go. */
export type OutputPlace =
  /** `forced`: asked for with `-o -`, so that a terminal gets binary bodies as well. */
  | { readonly kind: 'stdout'; readonly forced: boolean }
  /** The path for each URL. */
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  /** Read and thrown away. */
  | { readonly kind: 'nowhere' };

/** @throws CommandError where there is no such folder, or several bodies would go to one file. */
export async function findOutputPlace(
  given: string | undefined,
  urls: readonly string[],
  format: 'text' | 'json',
): Promise<OutputPlace> {
  if (given === undefined) return format === 'json' ? { kind: 'nowhere' } : { kind: 'stdout', forced: false };
  if (given === '-') {
    if (format === 'text') return { kind: 'stdout', forced: true };
    throw usage('standard output cannot take bodies and JSON: give -o a file, or leave it out.');
  }
  if (given === '') throw usage('the file of --output has no name; - is standard output.');
  if (/[/\\]$/.test(given) || (await isFolder(given))) {
    if (!(await isFolder(given))) throw usage(`--output: there is no folder ${given}; make it first.`);
    return { kind: 'files', paths: nameFiles(given, urls) };
  }
  if (urls.length > 1) throw usage(`--output ${given}: several URLs need a folder; name one that exists.`);
  if (!(await isFolder(dirname(given)))) throw usage(`--output: there is no folder ${dirname(given)}; make it first.`);
  return { kind: 'files', paths: [given] };
}

/** The last part of the path, as it stands in the URL. Dot segments are resolved in it already, so nothing leads out of the folder. */
function nameFiles(folder: string, urls: readonly string[]): string[] {
  const paths = urls.map((url) => join(folder, basename(new URL(url).pathname) || 'index.html'));
  for (const [index, path] of paths.entries()) {
    const first = paths.indexOf(path);
    // The same URL twice is a repetition.
    if (urls[first] !== urls[index]) throw usage(`--output: ${urls[first]} and ${urls[index]} would both be ${path}.`);
  }
  return paths;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function usage(message: string): CommandError {
  return new CommandError(EXIT_CODES.usage, message);
}
