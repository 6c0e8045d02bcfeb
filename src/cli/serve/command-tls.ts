// TLS of `perdura serve`: what can be typed, what it makes of it for serve(), what is said of it, and reading the files anew on SIGHUP.
import { Option } from 'commander';
import type { Command } from 'commander';
import { systemClock } from '../../io/index.ts';
import { readTlsState } from '../../server/index.ts';
import type {
  CertificateFacts,
  Server,
  ServeOptions,
  ServerWarning,
  TlsOptions,
  TlsState,
} from '../../server/index.ts';
import type { WorkerIdentity } from '../../workers/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import type { LabelRow } from '../label-rows.ts';
import type { Terminal } from '../terminal.ts';
import { explainCertificateError, pairCertificateFiles, readCertificateFiles } from './certificate-files.ts';
import type { CertificateFiles } from './certificate-files.ts';
import { makeSelfSigned } from './self-signed.ts';
import type { SelfSigned } from './self-signed.ts';
import { isInFolder } from './served-folder.ts';

/** What commander makes of the options of TLS. */
export interface TlsFlags {
  readonly tlsCert: readonly string[];
  readonly tlsKey: readonly string[];
  readonly selfSigned?: boolean;
  readonly http2: boolean;
}

const collect = (name: string, before: readonly string[]): readonly string[] => [...before, name];

/** Adds the options to the command. */
export function addTlsOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--tls-cert <file>',
        'speak TLS with this certificate (PEM, its chain behind it); again for more names',
      )
        .argParser(collect)
        .default([], 'plain HTTP'),
    )
    .addOption(
      new Option('--tls-key <file>', 'its key (PEM), in the same order').argParser(collect).default([], 'none'),
    )
    .option('--self-signed', 'speak TLS with a certificate made for this run; for development only')
    .option('--no-http2', 'speak HTTP/1.1 only');
}

/** See the head of the file. */
export class CommandTls {
  readonly #files: readonly CertificateFiles[];
  readonly #http2: boolean;
  /** Undefined: plain HTTP. */
  readonly #options: TlsOptions | undefined;

  /** What was made in this process, and has to be the same in all workers. */
  readonly shared: string | undefined;

  private constructor(
    files: readonly CertificateFiles[],
    http2: boolean,
    options: TlsOptions | undefined,
    shared?: string,
  ) {
    this.#files = files;
    this.#http2 = http2;
    this.#options = options;
    this.shared = shared;
  }

  /**
   * Reads or makes certificates; a worker takes over the one that its primary made.
   *
   * @throws CommandError where that cannot be done.
   */
  static async prepare(
    flags: TlsFlags,
    hostname: string,
    folder: string,
    terminal: Terminal,
    worker: WorkerIdentity | undefined,
  ): Promise<CommandTls> {
    const files = pairCertificateFiles(flags.tlsCert, flags.tlsKey);
    const ticketKeys = worker === undefined ? {} : { ticketKeys: worker.ticketKeys };
    if (flags.selfSigned === true) {
      if (files.length > 0) {
        const advice = 'Leave --self-signed out to use the files, or the files to have a certificate made.';
        throw new CommandError(EXIT_CODES.usage, `--self-signed and --tls-cert exclude each other.\n${advice}`);
      }
      const made =
        worker?.shared === undefined
          ? await makeSelfSigned(hostname, systemClock.wallMs())
          : (JSON.parse(worker.shared) as SelfSigned);
      return new CommandTls(files, flags.http2, { ...made, ...ticketKeys }, JSON.stringify(made));
    }
    for (const { key } of worker === undefined ? files : []) {
      if (isInFolder(key, folder))
        terminal.stderr.write(`warning: the key ${key} is inside the served folder, where everybody can fetch it\n`);
    }
    if (files.length === 0) return new CommandTls(files, flags.http2, undefined);
    return new CommandTls(files, flags.http2, { ...(await readCertificateFiles(files)), ...ticketKeys });
  }

  /**
   * The certificates, where no server of this process does.
   *
   * @throws CommandError where something is wrong with them.
   */
  readState(): TlsState | undefined {
    try {
      return this.#options === undefined ? undefined : readTlsState(this.#options, systemClock);
    } catch (error) {
      throw this.explain(error);
    }
  }

  /** Whether a SIGHUP has files to read. */
  get hasFiles(): boolean {
    return this.#files.length > 0;
  }

  /** For serve(). */
  get serveOptions(): Pick<ServeOptions, 'tls' | 'http2'> {
    const http2 = this.#http2;
    return this.#options === undefined ? { http2 } : { http2, tls: this.#options };
  }

  /** What is wrong with certificates, in the words of the command line; the error itself where it is about something else. */
  explain(error: unknown): unknown {
    return explainCertificateError(error, this.#files);
  }

  /** Reads the files anew. Where something is wrong with them, the server keeps what it has. To be called in every worker. */
  async reload(server: Pick<Server, 'updateTls'>, terminal: Terminal): Promise<void> {
    try {
      const { certificates } = server.updateTls(await readCertificateFiles(this.#files));
      terminal.stdout.write(
        `SIGHUP: certificates are read anew: ${certificates.map(describeCertificate).join('; ')}\n`,
      );
    } catch (error) {
      const explained = this.explain(error);
      if (!(explained instanceof CommandError)) throw explained;
      terminal.stderr.write(
        `SIGHUP: ${explained.message.replace(/\.?\n/, '. ')}\nThe certificates from before stay in use.\n`,
      );
    }
  }

  /** A warning about a certificate with the file that it is in. */
  nameFiles(warning: ServerWarning): ServerWarning {
    const [, context] = /^tls(?:\.contexts\[(\d+)\])?\.cert(?:\[\d+\])?$/.exec(warning.option) ?? [];
    const pair = this.#files[context === undefined ? 0 : Number(context) + 1];
    return pair === undefined || !warning.option.startsWith('tls.')
      ? warning
      : { ...warning, option: `--tls-cert ${pair.cert}` };
  }

  /** Rows of the start message. */
  describe(tls: TlsState | undefined): readonly LabelRow[] {
    const versions = this.#http2 ? 'HTTP/2 and HTTP/1.1' : 'HTTP/1.1';
    if (tls === undefined) {
      const how = this.#http2
        ? 'HTTP/1.1, and HTTP/2 for clients that begin with it (curl --http2-prior-knowledge)'
        : versions;
      return [{ label: 'Protocols', lines: [how] }];
    }
    return [
      { label: 'Protocols', lines: [`${versions} over TLS 1.2 and 1.3`] },
      {
        label: 'Certificate',
        lines: this.hasFiles ? tls.certificates.map(describeCertificate) : describeSelfSigned(tls.certificates),
      },
    ];
  }
}

function describeCertificate({ names, validUntilMs }: CertificateFacts): string {
  const named = names.length === 0 ? 'without a name' : `for ${names.join(', ')}`;
  return `${named}, valid until ${dateOf(validUntilMs)}`;
}

function describeSelfSigned(certificates: readonly CertificateFacts[]): readonly string[] {
  const [certificate] = certificates;
  if (certificate === undefined) return [];
  return [
    `self-signed and made for this run, ${describeCertificate(certificate)}: for development only, never for production`,
    `browsers warn before they show the page; go on only where the SHA-256 fingerprint is this one:`,
    certificate.fingerprint256,
    'curl goes on with -k; the key is in memory only, so the next run has another certificate',
  ];
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
