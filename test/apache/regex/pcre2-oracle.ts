// Asks the real PCRE2 (libpcre2-8, through python3) what it says of expressions.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { ExternalProgram } from '../../support/external-program.js';
import { externalProgram } from '../../support/external-program.js';

export interface OracleOptions {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
  readonly dotAll?: boolean;
  readonly dollarEndOnly?: boolean;
  /**
   * PCRE2 10.42 takes \R and \s, and dots and \R, for sets without a byte in common, and the end of an expression that calls itself for the
   * end of the subject. Left out for expressions made at random.
   */
  readonly noAutoPossess?: boolean;
  /** It expects too long a subject where a group refers to itself. */
  readonly noStartOptimize?: boolean;
}

export interface OracleCase {
  readonly pattern: string;
  readonly options: OracleOptions;
  readonly subjects: readonly string[];
  readonly from?: number;
}

/** Of each subject the places of the groups, -1 for none; null for no match; a number where PCRE2 gave up. */
export type OracleMatches = readonly (readonly number[] | null | number)[];

export type OracleAnswer =
  | { readonly error: string; readonly offset: number }
  | { readonly error?: undefined; readonly groups: number; readonly matches: OracleMatches };

const SCRIPT = path.resolve(import.meta.dirname, '../../../../test/apache/regex/pcre2-oracle.py');

export function askPcre2(cases: readonly OracleCase[]): readonly OracleAnswer[] {
  const { path: python } = externalProgram('python3');
  const { status, stdout, stderr } = spawnSync(python, [SCRIPT], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`the oracle ended with ${String(status)}: ${stderr}`);
  return JSON.parse(stdout) as readonly OracleAnswer[];
}

/** Spread it in the options of a test. */
export function pcre2(): ExternalProgram {
  const program = externalProgram('python3');
  if (program.skip !== false) return program;
  try {
    askPcre2([]);
    return program;
  } catch {
    return { path: '', skip: 'libpcre2-8 is not installed (apt-get install libpcre2-8-0)' };
  }
}
