// From what was typed to a plan that is known to be possible: files are there, targets make sense, descriptors suffice. Nothing is sent.
import { Readable } from 'node:stream';
import { OptionError } from '../../errors.ts';
import { probeFor } from '../../heartbeat/index.ts';
import type { Probe, ProbeForOptions, StatusPattern } from '../../heartbeat/index.ts';
import { OwnResources, prepareTls } from '../../io/index.ts';
import type { ProcessResources } from '../../io/index.ts';
import type { Hop } from '../../path/index.ts';
import { readCertificates } from '../certificates.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import type { RequestField } from '../request-field.ts';
import type { Terminal } from '../terminal.ts';
import { checkDescriptors } from './descriptors.ts';
import type { SharedHeartbeatOptions } from './fleet.ts';
import type { MetricsAddress } from './metrics-endpoint.ts';
import { readTargetFile } from './read-targets.ts';
import { decideRhythm } from './rhythm.ts';
import { makeProbes } from './target-list.ts';
import type { SilenceRange } from './silence-range.ts';
import type { NamedTarget } from './target-list.ts';

/** What commander makes of the command line. */
export interface WatchFlags {
  readonly file: readonly string[];
  readonly interval?: number;
  readonly timeout: number;
  readonly tolerance: number;
  readonly jitter: number;
  readonly adaptive?: true;
  readonly adaptiveRange?: SilenceRange;
  readonly behind: readonly Hop[];
  readonly nat: readonly Hop[];
  readonly count: number;
  readonly for: number;
  readonly format: 'text' | 'json';
  readonly verbose?: true;
  readonly onChange: readonly string[];
  readonly webhook: readonly string[];
  readonly bell?: true;
  readonly metrics?: MetricsAddress;
  readonly ramp?: number;
  readonly concurrency: number;
  readonly method?: string;
  readonly expectStatus?: readonly StatusPattern[];
  readonly header: readonly RequestField[];
  readonly insecure?: true;
  readonly cacert?: string;
}

/** Everything that the command line said, checked. */
export interface WatchPlan {
  readonly probes: readonly Probe[];
  readonly heartbeat: SharedHeartbeatOptions;
  /** `every 15 s`. */
  readonly rhythm: string;
  readonly rampMs: number;
  readonly concurrency: number;
  /** Signals for each target. Infinity: no end. */
  readonly count: number;
  /** Infinity: no end. */
  readonly forMs: number;
  readonly format: 'text' | 'json';
  readonly isVerbose: boolean;
  readonly commands: readonly string[];
  readonly webhooks: readonly string[];
  readonly bell: boolean;
  readonly metrics: MetricsAddress | undefined;
  /** Told before it begins. */
  readonly notes: readonly string[];
}

/** For tests. */
export interface PlanTools {
  readonly probeFor: (target: string, options: ProbeForOptions) => Probe;
  readonly resources: ProcessResources;
}

/** @throws CommandError where it is not possible. */
export async function makeWatchPlan(
  targets: readonly string[],
  flags: WatchFlags,
  terminal: Terminal,
  tools: PlanTools = { probeFor, resources: new OwnResources() },
): Promise<WatchPlan> {
  const rhythm = decideRhythm({
    intervalMs: flags.interval,
    isAdaptive: flags.adaptive === true || flags.adaptiveRange !== undefined,
    hops: [...flags.nat, ...flags.behind],
  });
  const probeOptions = await makeProbeOptions(flags);
  const named = await readNamed(targets, flags.file, terminal);
  const { probes, notes } = makeProbes(named, (target) => {
    const probe = tools.probeFor(target, probeOptions);
    if (rhythm.isAdaptive) checkAdaptive(probe);
    return probe;
  });
  checkDescriptors(probes.length, flags.concurrency, tools.resources);
  return {
    probes,
    heartbeat: {
      intervalMs: rhythm.intervalMs,
      timeoutMs: flags.timeout,
      tolerance: flags.tolerance,
      jitter: flags.jitter,
      adaptive: rhythm.isAdaptive ? (flags.adaptiveRange ?? true) : false,
    },
    rhythm: rhythm.words,
    rampMs: flags.ramp ?? rhythm.intervalMs,
    concurrency: flags.concurrency,
    count: flags.count,
    forMs: flags.for,
    format: flags.format,
    isVerbose: flags.verbose === true,
    commands: flags.onChange,
    webhooks: flags.webhook,
    bell: flags.bell === true,
    metrics: flags.metrics,
    notes: [...rhythm.notes, ...notes.map((note) => `warning: ${note}`)],
  };
}

/** The search is for how long a connection may be silent: where each signal has one of its own there is nothing to find. */
function checkAdaptive({ target, keepsConnection = true }: Probe): void {
  if (keepsConnection) return;
  throw new OptionError(
    'target',
    `--adaptive has nothing to find, as each signal to ${target} is a connection of its own, which is never silent; ` +
      'watch what keeps one, such as http://, ws://, redis:// or, with a user, postgres://',
  );
}

async function readNamed(
  targets: readonly string[],
  files: readonly string[],
  terminal: Terminal,
): Promise<NamedTarget[]> {
  if (targets.length + files.length === 0) {
    throw new CommandError(
      EXIT_CODES.usage,
      'name what to watch, e.g. https://example.com/ or tcp://127.0.0.1:6379, or a list with --file targets.txt.',
    );
  }
  if (files.filter((file) => file === '-').length > 1) {
    throw new CommandError(EXIT_CODES.usage, '--file -: standard input can be read once only.');
  }
  const stdin = (): Readable => terminal.stdin ?? Readable.from([]);
  const named: NamedTarget[] = targets.map((text) => ({ text: text.trim(), place: undefined }));
  for (const file of files) named.push(...(await readTargetFile(file, stdin)));
  return named;
}

async function makeProbeOptions({
  cacert,
  insecure,
  header,
  method,
  expectStatus,
}: WatchFlags): Promise<ProbeForOptions> {
  const ca = cacert === undefined ? undefined : await readCertificates(cacert);
  const tls = { ...(insecure === true ? { rejectUnauthorized: false } : {}), ...(ca === undefined ? {} : { ca }) };
  return {
    // There may be thousands of targets, and all trust the same.
    tls: Object.keys(tls).length === 0 ? undefined : prepareTls(tls),
    headers: header.length === 0 ? undefined : joinRepeated(header),
    method,
    expectStatus,
  };
}

/** One value for each name: those that were given several times as a list (RFC 9110 §5.3). An empty one takes back those before it. */
function joinRepeated(fields: readonly RequestField[]): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of fields) {
    const before = joined[name];
    if (value === '') delete joined[name];
    else joined[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return joined;
}
