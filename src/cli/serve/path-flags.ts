// `--behind`, `--readiness`, `--liveness`, `--lame-duck` as typed: the options of serve() that they make, and what is said of them.
import { InvalidArgumentError } from 'commander';
import { formatTimeout } from '../../path/index.ts';
import { deriveFromPath } from '../../server/index.ts';
import type { PathDerivation, PathOptions, ServeOptions, ServerWarning } from '../../server/index.ts';
import { readHops } from '../advise/read-hops.ts';
import type { LabelRow } from '../label-rows.ts';

/** What was typed; undefined is what was not. */
export interface PathFlags {
  /** Names of hops and durations in milliseconds, the outermost first. */
  readonly behind: readonly (string | number)[];
  readonly readiness: string | undefined;
  readonly liveness: string | undefined;
  readonly lameDuckMs: number | undefined;
  readonly drainMs: number | undefined;
  readonly keepAlive: boolean;
  readonly keepAliveTimeoutMs: number | undefined;
}

/** For serve(), as far as it was typed: what was not is derived there, or has its default. */
export function toServeOptions(
  flags: PathFlags,
): Pick<ServeOptions, 'behind' | 'health' | 'drain'> & { keepAlive: boolean } {
  const { behind, readiness, liveness, lameDuckMs, drainMs, keepAlive } = flags;
  const hasHealth = readiness !== undefined || liveness !== undefined;
  return {
    keepAlive,
    ...(behind.length === 0 ? {} : { behind }),
    ...(hasHealth
      ? {
          health: {
            ...(readiness === undefined ? {} : { readiness }),
            ...(liveness === undefined ? {} : { liveness }),
          },
        }
      : {}),
    drain: {
      ...(lameDuckMs === undefined ? {} : { lameDuckMs }),
      ...(drainMs === undefined ? {} : { drainMs }),
    },
  };
}

/** The numbers as serve() will derive them, for what is said before it runs. */
export function derive(flags: PathFlags): PathDerivation {
  const { keepAliveTimeoutMs } = flags;
  const options: PathOptions = {
    ...toServeOptions(flags),
    ...(keepAliveTimeoutMs === undefined ? {} : { keepAliveTimeoutMs }),
  };
  return deriveFromPath(options);
}

/** Of `cloudflare,aws-alb` or `60s`. @throws CommandError where one is neither a hop nor a duration. */
export function parseBehind(text: string, before: readonly (string | number)[]): readonly (string | number)[] {
  const hops = readHops('--behind', text);
  return [...before, ...hops.map((hop) => (hop.given === true ? (hop.serverIdleMs ?? 0) : hop.name))];
}

/** A path on which checks are answered. */
export function parseHealthPath(text: string): string {
  if (!/^\/[\x21\x22\x24-\x3e\x40-\x7e]*$/.test(text))
    throw new InvalidArgumentError('Write a path without a query, e.g. /readyz.');
  return text;
}

const FLAGS: Readonly<Record<string, string>> = {
  behind: '--behind',
  keepAliveTimeoutMs: '--keep-alive-timeout',
  'drain.drainMs': '--drain-timeout',
  'drain.lameDuckMs': '--lame-duck',
};

const typed = (durationMs: number): string => (durationMs % 1_000 === 0 ? `${durationMs / 1_000}s` : `${durationMs}ms`);

/** One line for standard error, with a line end. */
export function formatServeWarning({ option, message, wantedMs }: ServerWarning): string {
  const flag = FLAGS[option] ?? option;
  const wanted = wantedMs === undefined ? '' : ` (${flag} ${typed(wantedMs)})`;
  return `warning: ${flag}: ${message}${wanted}\n`;
}

const TITLES: Readonly<Record<string, string>> = {
  keepAliveTimeoutMs: 'idle timeout',
  'timeouts.silentMs': 'before the first request',
  'drain.lameDuckMs': 'lame duck',
  'drain.drainMs': 'shutting down',
};

/** Rows of the start message: what was derived, and why; where checks are answered. None where nothing of it was typed. */
export function describePath(flags: PathFlags, derivation: PathDerivation): LabelRow[] {
  const { behind, readiness, liveness } = flags;
  const rows: LabelRow[] = [];
  if (behind.length > 0) {
    const names = behind.map((part) => (typeof part === 'number' ? formatTimeout(part) : part)).join(' → ');
    const derived = derivation.values.map(
      ({ option, valueMs, reason, ground }) =>
        `${TITLES[option] ?? option} ${formatTimeout(valueMs)}${ground === 'hint' ? ' (a hint, not verified)' : ''}: ${reason}`,
    );
    rows.push({ label: 'Behind', lines: [names, ...derived] });
  }
  const checks = [
    ...(readiness === undefined ? [] : [`${readiness} fails as soon as it is told to stop`]),
    ...(liveness === undefined ? [] : [`${liveness} as soon as it no longer accepts connections`]),
  ];
  if (checks.length > 0) rows.push({ label: 'Health', lines: [checks.join('; ')] });
  return rows;
}
