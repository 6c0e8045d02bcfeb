// From what was typed to a plan that is known to be possible: files are there, fields can be sent. Nothing is sent here.
import { Readable } from 'node:stream';
import { ACCEPT_ENCODING } from '../../client/internal/index.ts';
import type { NonIdempotentPolicy, ProfileName, SessionOptions } from '../../client/index.ts';
import { readCertificates } from '../certificates.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { readPackageVersion } from '../package-version.ts';
import { joinFields } from '../request-field.ts';
import type { RequestField } from '../request-field.ts';
import type { RequestUrl } from '../request-url.ts';
import type { Terminal } from '../terminal.ts';
import { findOutputPlace } from './output-place.ts';
import { readRequestData } from './request-data.ts';
import type { GetPlan } from './run.ts';

/** What commander makes of the command line. */
export interface GetFlags {
  readonly verbose: number;
  readonly include?: true;
  readonly head?: true;
  readonly method?: string;
  readonly data: readonly string[];
  readonly header: readonly RequestField[];
  readonly output?: string;
  readonly fail?: true;
  readonly follow: boolean;
  readonly compressed?: true;
  readonly format: 'text' | 'json';
  readonly repeat: number;
  readonly gap: number;
  readonly parallel?: number;
  readonly keepAlive: boolean;
  readonly idempotent?: true;
  readonly nonIdempotent: NonIdempotentPolicy;
  readonly holdBack?: true;
  readonly expectContinue?: true;
  readonly retries: number;
  readonly pipelining: number;
  readonly connections?: number;
  readonly idleTimeout?: number;
  readonly profile?: ProfileName;
  readonly connectTimeout: number;
  readonly timeout: number;
  readonly maxTime: number;
  readonly unixSocket?: string;
  readonly insecure?: true;
  readonly cacert?: string;
}

/** @throws CommandError where it is not possible. */
export async function makePlan(urls: readonly RequestUrl[], flags: GetFlags, terminal: Terminal): Promise<GetPlan> {
  const hasData = flags.data.length > 0;
  if (flags.head === true && hasData) {
    throw new CommandError(EXIT_CODES.usage, '--head asks for no body and --data sends one: leave one of them out.');
  }
  const method = flags.method ?? (flags.head === true ? 'HEAD' : hasData ? 'POST' : 'GET');
  const place = await findOutputPlace(
    flags.output,
    urls.map(({ url }) => url),
    flags.format,
  );
  const timesSent = urls.length * flags.repeat;
  const stdin = (): Readable => terminal.stdin ?? Readable.from([]);
  const data = hasData ? await readRequestData(flags.data, stdin, timesSent) : undefined;
  const defaults: RequestField[] = [
    ['user-agent', `perdura/${readPackageVersion()}`],
    ['accept', '*/*'],
    ...(hasData ? [['content-type', 'application/x-www-form-urlencoded'] as const] : []),
    ...(flags.compressed === true ? [['accept-encoding', ACCEPT_ENCODING] as const] : []),
    ...(flags.keepAlive ? [] : [['connection', 'close'] as const]),
  ];
  return {
    requests: urls.map(({ url, authorization }) => ({
      method,
      url,
      data,
      fields: joinFields(
        authorization === undefined ? defaults : [...defaults, ['authorization', authorization]],
        flags.header,
      ),
    })),
    session: await makeSessionOptions(flags),
    place,
    format: flags.format,
    verbosity: flags.verbose,
    repeat: flags.repeat,
    // To pipeline, there must be several.
    parallel: flags.parallel ?? flags.pipelining,
    gapMs: flags.gap,
    follow: flags.follow,
    decode: flags.compressed === true,
    include: flags.include === true || flags.head === true,
    failOnStatus: flags.fail === true,
    idempotent: flags.idempotent,
    maxTimeMs: flags.maxTime,
  };
}

async function makeSessionOptions(flags: GetFlags): Promise<SessionOptions> {
  const perOrigin = flags.connections ?? (flags.pipelining > 1 ? 1 : undefined);
  const ca = flags.cacert === undefined ? undefined : await readCertificates(flags.cacert);
  return {
    pipelining: flags.pipelining,
    nonIdempotent: flags.nonIdempotent,
    holdBack: flags.holdBack === true ? 'lastByte' : flags.expectContinue === true ? 'continue' : 'never',
    maxRetries: flags.retries,
    timeouts: { connectMs: flags.connectTimeout, headersMs: flags.timeout, bodyMs: flags.timeout },
    ...(perOrigin === undefined ? {} : { limits: { perOrigin } }),
    ...(flags.idleTimeout === undefined ? {} : { idleTimeoutMs: flags.idleTimeout }),
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    ...(flags.unixSocket === undefined ? {} : { socketPath: flags.unixSocket }),
    tls: { ...(flags.insecure === true ? { rejectUnauthorized: false } : {}), ...(ca === undefined ? {} : { ca }) },
  };
}
