// `--tls-cert` and `--tls-key`: the files behind them, read when the server starts and again whenever it is told to. What is wrong with
// them is said with the option and the file as they were typed, never with what a key holds.
import { readFile } from 'node:fs/promises';
import { OptionError } from '../../errors.ts';
import type { TlsOptions } from '../../server/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';

/** A certificate and its key, as they were typed. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Pairs them in the order in which they were typed. @throws CommandError where one has no counterpart. */
export function pairCertificateFiles(certs: readonly string[], keys: readonly string[]): readonly CertificateFiles[] {
  if (certs.length !== keys.length) {
    const counted = `there ${certs.length === 1 ? 'is 1 --tls-cert' : `are ${certs.length} --tls-cert`} and ${keys.length} --tls-key`;
    const advice =
      'Each certificate needs its key, in the same order: --tls-cert a.pem --tls-key a.key --tls-cert b.pem --tls-key b.key';
    throw new CommandError(EXIT_CODES.usage, `${counted}.\n${advice}`);
  }
  return certs.map((cert, index) => ({ cert, key: keys[index] ?? '' }));
}

/**
 * Reads them: the first pair is for everybody, the others for the names in their certificates. Whether they are what they should be is
 * found out by whoever takes the options.
 *
 * @throws CommandError where one cannot be read.
 */
export async function readCertificateFiles(files: readonly CertificateFiles[]): Promise<TlsOptions> {
  const identities = await Promise.all(
    files.map(async ({ cert, key }) => ({
      cert: await readPem('--tls-cert', cert),
      key: await readPem('--tls-key', key),
    })),
  );
  const [first, ...others] = identities;
  if (first === undefined) throw new CommandError(EXIT_CODES.usage, 'there is no certificate to read');
  return others.length === 0 ? first : { ...first, contexts: others };
}

async function readPem(option: string, name: string): Promise<Buffer> {
  if (name === '') throw new CommandError(EXIT_CODES.usage, `${option} has no file name.\nName a file in PEM form.`);
  try {
    return await readFile(name);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    const problem = UNREADABLE[code] ?? `cannot be read (${code})`;
    throw new CommandError(EXIT_CODES.usage, `${option} ${name}: ${problem}`, { cause: error });
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT:
    'there is no such file.\nName one that exists, in PEM form; --self-signed makes a certificate to try things with.',
  ENOTDIR: 'there is no such file.\nName one that exists, in PEM form.',
  EISDIR: 'is a folder.\nName the file in it, in PEM form.',
  EACCES: 'this user must not read it.\nGive this user the right to read it, and nobody else the right to read a key.',
  EPERM: 'this user must not read it.\nGive this user the right to read it, and nobody else the right to read a key.',
};

/** What is wrong with an option of TLS, in the words of the command line; the error itself where it is about something else. */
export function explainCertificateError(error: unknown, files: readonly CertificateFiles[]): unknown {
  if (!(error instanceof OptionError) || !error.option.startsWith('tls.')) return error;
  const place = placeOf(error.option, files);
  if (error.option.endsWith('.servername')) {
    return new CommandError(
      EXIT_CODES.usage,
      `${place}: the certificate names no server, so no client could ask for it.\nOnly the first pair may be without names.`,
      { cause: error },
    );
  }
  const detail = error.message.slice(error.option.length + 2);
  if (detail.startsWith('the key is encrypted')) {
    return new CommandError(
      EXIT_CODES.usage,
      `${place}: the key is encrypted, and a server that starts by itself cannot be asked for a passphrase.\n` +
        'Write one that is not, for this user alone: (umask 077; openssl pkey -in KEY -out PLAIN.key)',
      { cause: error },
    );
  }
  const told = detail.replaceAll(/tls(?:\.contexts\[\d+\])?\.(?:cert|key)\b/g, (option) => placeOf(option, files));
  return new CommandError(EXIT_CODES.usage, `${place}: ${told}`, { cause: error });
}

/** `--tls-key site.key` for `tls.key`, and likewise for further pairs. */
function placeOf(option: string, files: readonly CertificateFiles[]): string {
  const [, context, name] = /^tls(?:\.contexts\[(\d+)\])?\.(\w+)/.exec(option) ?? [];
  const pair = files[context === undefined ? 0 : Number(context) + 1];
  if (pair === undefined) return option;
  return name === 'key' ? `--tls-key ${pair.key}` : `--tls-cert ${pair.cert}`;
}
