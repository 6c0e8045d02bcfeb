// What an expression asks of the request that it is evaluated for. Whoever builds requests implements it.
import type { MatchBudget } from '../regex/index.ts';
import type { FileTest, ScopeFunction, VariableName } from './names.ts';

/** Texts are byte strings. Undefined, like an empty text, is what is not there. */
export interface ExpressionScope {
  /** The steps that matching may still take for this request. */
  readonly budget: MatchBudget;
  /** The address of the client as the modules see it, for `-R`. */
  readonly clientAddress: string;
  variable(name: VariableName): string | undefined;
  /**
   * `req` and `http` (fields of the request), `resp` (of the answer), `env`, `reqenv` and `osenv`, `note`, `file` (the content), `filesize`
   * (`0` where there is no file), `md5` and `sha1` (in lower-case hexadecimal).
   *
   * @throws EvaluationError where `file` cannot be read: `Cannot open file PATH`, `File PATH too large` above 10 MiB.
   */
  functionCall(name: ScopeFunction, argument: string): string | undefined;
  /** `-F`, `-U` and `-A` are answered as by a request of the same client. @throws EvaluationError where that takes its time */
  fileTest(test: FileTest, path: string): boolean;
  /** The fields of the request that the answer of this expression depended on, for `Vary`, in the order in which they were asked for. */
  vary?(fields: readonly string[]): void;
  /** A regular expression ran out of its budget, and counts as not matched. */
  matchLimit?(message: string): void;
}
