// Where the server answers whether it is ready and alive: paths, and what counts. What is answered: src/server/health/health-answers.ts.
import { OptionError } from '../../errors.ts';
import { checkBoolean, checkChoice, checkFunction, checkNames, checkObject, describe } from '../../option-checks.ts';

/** Options of health checks. At least one path has to be given. */
export interface HealthOptions {
  /** Path of the readiness check, e.g. `/readyz`: 200 while the server accepts work and `ready` says so, 503 from lame duck on. Default: none. */
  readonly readiness?: string;
  /** Path of the liveness check, e.g. `/livez`: 200 until the server no longer accepts work. Default: none. */
  readonly liveness?: string;
  /** Whether the application is ready, asked with every readiness check: it must be quick. Anything but `true`, or an error, is not ready. */
  readonly ready?: () => boolean;
  /**
   * From which state on liveness fails. Default `draining`: a supervisor that ends whoever fails it would cut the lame duck short.
   * `lameDuck` for those who take it as the sign to start a replacement (docs/decisions/0014-health.md).
   */
  readonly livenessFailsAt?: 'lameDuck' | 'draining';
  /** Whether checks are told to `trace`, and so stand in the access log. Default false: they come every few seconds and say nothing. */
  readonly traced?: boolean;
}

/** HealthOptions with every default filled in. */
export interface ResolvedHealthOptions {
  readonly readiness: string | undefined;
  readonly liveness: string | undefined;
  readonly ready: (() => boolean) | undefined;
  readonly livenessFailsAt: 'lameDuck' | 'draining';
  readonly traced: boolean;
}

const NAMES = ['readiness', 'liveness', 'ready', 'livenessFailsAt', 'traced'].map((name) => `health.${name}`);

/** Fills in the defaults. @throws OptionError with the name of the option and what is allowed. */
export function resolveHealth(given: HealthOptions | undefined): ResolvedHealthOptions | undefined {
  if (given === undefined) return undefined;
  checkObject('health', given);
  checkNames('health', given, NAMES);
  const { readiness, liveness, livenessFailsAt = 'draining', traced = false } = given;
  checkPath('health.readiness', readiness);
  checkPath('health.liveness', liveness);
  if (readiness === undefined && liveness === undefined) {
    throw new OptionError(
      'health',
      "names no path; give readiness, e.g. '/readyz', or liveness, e.g. '/livez', or both",
    );
  }
  if (readiness === liveness) {
    throw new OptionError(
      'health.liveness',
      `is ${describe(liveness)}, the path of readiness; they need two paths, because they fail at different times`,
    );
  }
  checkChoice('health.livenessFailsAt', livenessFailsAt, ['lameDuck', 'draining']);
  checkBoolean('health.traced', traced);
  return { readiness, liveness, ready: checkFunction('health.ready', given.ready), livenessFailsAt, traced };
}

function checkPath(name: string, path: unknown): void {
  if (path === undefined) return;
  // What a target in origin form may be (RFC 9112 §3.2.1), without its query.
  if (typeof path === 'string' && /^\/[\x21\x22\x24-\x3e\x40-\x7e]*$/.test(path)) return;
  throw new OptionError(name, `is ${describe(path)}, it must be a path without a query, e.g. '/readyz'`);
}
