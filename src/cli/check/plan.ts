// From what was typed to a plan that is known to be possible: options make sense, files can be written. Nothing is asked here.
import { listChecks, parseExpectation } from '../../inspect/index.ts';
import type { CheckId, Expectation, InspectOptions } from '../../inspect/index.ts';
import { findHop } from '../../path/index.ts';
import { readCertificates } from '../certificates.ts';
import { parseDuration } from '../duration.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { joinFields } from '../request-field.ts';
import type { RequestField } from '../request-field.ts';
import type { RequestUrl } from '../request-url.ts';
import type { ReportFormat } from './report-format.ts';
import { findReportPlaces } from './report-place.ts';
import type { ReportPlace } from './report-place.ts';
import { inWordsOfCommand } from './tell-failure.ts';

/** What commander makes of the command line. */
export interface CheckFlags {
  readonly maxWait: number;
  readonly maxRequests: number;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly behind?: string;
  readonly expect: readonly string[];
  readonly failOn: FailOn;
  readonly format?: ReportFormat;
  readonly output: readonly string[];
  readonly gentle?: true;
  readonly allAddresses?: true;
  readonly header: readonly RequestField[];
  readonly insecure?: true;
  readonly cacert?: string;
  readonly timeout: number;
  readonly connectTimeout: number;
  readonly list?: true;
  readonly verbose?: true;
}

/** The mildest finding that makes the command fail. */
export type FailOn = 'warn' | 'bad' | 'never';

/** Everything that the command line said, checked. */
export interface CheckPlan {
  readonly url: string;
  readonly options: InspectOptions;
  readonly expectations: readonly Expectation[];
  readonly places: readonly ReportPlace[];
  readonly failOn: FailOn;
  readonly isVerbose: boolean;
}

/** @throws OptionError, CommandError where it is not possible. */
export async function makeCheckPlan({ url, authorization }: RequestUrl, flags: CheckFlags): Promise<CheckPlan> {
  const fields = authorization === undefined ? [] : [['authorization', authorization] as const];
  const options = { ...(await makeInspectOptions(flags)), headers: joinFields(fields, flags.header) };
  return inWordsOfCommand(async () => {
    const expectations = flags.expect.map((text) => parseExpectation(text));
    // Checks the options as well.
    listChecks(options);
    const places = await findReportPlaces(flags.output, flags.format);
    return { url, options, expectations, places, failOn: flags.failOn, isVerbose: flags.verbose === true };
  });
}

/** What is asked, without where and with which fields. @throws CommandError */
export async function makeInspectOptions(flags: CheckFlags): Promise<InspectOptions> {
  const ca = flags.cacert === undefined ? undefined : await readCertificates(flags.cacert);
  const tls = {
    ...(flags.insecure === true ? { rejectUnauthorized: false } : undefined),
    ...(ca === undefined ? undefined : { ca }),
  };
  return {
    maxWaitMs: Math.round(flags.maxWait),
    maxRequests: flags.maxRequests,
    responseTimeoutMs: flags.timeout,
    connectTimeoutMs: flags.connectTimeout,
    gentle: flags.gentle === true,
    allAddresses: flags.allAddresses === true,
    // That they are checks is checked with the other options.
    ...(flags.only.length === 0 ? undefined : { only: flags.only as readonly CheckId[] }),
    ...(flags.skip.length === 0 ? undefined : { skip: flags.skip as readonly CheckId[] }),
    ...(flags.behind === undefined ? undefined : { behind: parseBehind(flags.behind) }),
    ...(Object.keys(tls).length === 0 ? undefined : { tls }),
  };
}

/** A name of the table of hops, or the time after which the hop in front closes an idle connection. */
function parseBehind(text: string): string | number {
  if (!/^[\d.]/.test(text) || findHop(text) !== undefined) return text;
  try {
    return parseDuration(text);
  } catch (error) {
    throw new CommandError(EXIT_CODES.usage, `--behind: ${(error as Error).message}`, { cause: error });
  }
}
