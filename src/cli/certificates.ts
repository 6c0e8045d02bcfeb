// `--cacert FILE`: the certificates of authorities to trust instead of those of the machine.
import { readFile } from 'node:fs/promises';
import { CommandError, EXIT_CODES } from './exit-code.ts';

/** @throws CommandError where the file cannot be read. What is no certificate in it fails with the first connection. */
export async function readCertificates(path: string): Promise<Buffer> {
  return readFile(path).catch((error: Error) => {
    throw new CommandError(EXIT_CODES.usage, `--cacert: ${error.message}`, { cause: error });
  });
}
