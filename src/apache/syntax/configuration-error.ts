// What is wrong with a configuration, in Apache's words.
import type { ConfigurationNote } from '../config/process-configuration.ts';
import type { SourcePlace } from './config-tree.ts';

/** What a directive says of its arguments. Whoever reads the file adds where it stands. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  /** What else was found wrong before it, where a check goes on after the first fault. */
  readonly before: readonly string[];

  constructor(message: string, before: readonly string[] = []) {
    super(message);
    this.before = before;
  }
}

/** A configuration that cannot be used: the lines that `apache2 -t` writes, without the name of the program and the time. */
export class ConfigurationRefused extends Error {
  override readonly name = 'ConfigurationRefused';
  readonly place: SourcePlace | undefined;
  /**
   * `directive`: told as `AH00526: Syntax error on line N of FILE:` and the message below it. `structure`: one line. `check`: another
   * line says that the configuration was understood, and will not do.
   */
  readonly form: 'directive' | 'structure' | 'check';
  /** What was doubtful before it: Apache has told that by then. */
  notes: readonly ConfigurationNote[] = [];
  /** What else perdura does not have, behind the first fault: Apache stops there, and who moves a site wants to know all of it. */
  further: readonly ConfigurationRefused[] = [];

  constructor(message: string, place: SourcePlace | undefined, form: ConfigurationRefused['form']) {
    super(message);
    this.place = place;
    this.form = form;
  }
}
