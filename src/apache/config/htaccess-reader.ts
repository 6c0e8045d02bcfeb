// The text of a .htaccess file, read and applied with what the configuration has loaded and defined.
import { OWN_SOURCE } from '../module/configuration-scope.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import type { OverrideGrant } from '../module/override-grant.ts';
import type { ConfigNode } from '../syntax/config-tree.ts';
import { ConfigurationRefused } from '../syntax/configuration-error.ts';
import type { ReadingEnvironment } from '../syntax/reading-environment.ts';
import { HTACCESS_LIMITS } from '../syntax/reading-limits.ts';
import { TreeReader } from '../syntax/tree-reader.ts';
import { applyTree } from './apply-tree.ts';
import type { DirectiveTable } from './directive-table.ts';
import type { ConfigurationNote } from './process-configuration.ts';
import type { VirtualHost } from './virtual-host.ts';

/** A file as it was found. */
export interface HtaccessFile {
  readonly text: string;
  readonly file: string;
  /** Its folder with the closing slash. */
  readonly path: string;
  readonly grant: OverrideGrant;
  readonly host: VirtualHost;
}

/** See the head of the file. One for each loaded configuration. */
export class HtaccessReader {
  readonly #environment: ReadingEnvironment;
  readonly #table: DirectiveTable;

  constructor(environment: ReadingEnvironment, table: DirectiveTable) {
    this.#environment = environment;
    this.#table = table;
  }

  /**
   * The tree alone: conditions are decided, variables are replaced.
   *
   * @throws ConfigurationRefused: Apache shows its message without the place
   */
  parse(text: string, file: string, grant: OverrideGrant, warn: (message: string) => void): ConfigNode[] {
    return new TreeReader({ ...this.#environment, limits: HTACCESS_LIMITS, grant, warn }).readText(text, file);
  }

  /**
   * What the file configures for its folder, and what it warns of. The configuration of the server stays as it is.
   *
   * @throws ConfigurationRefused: Apache shows its message without the place
   */
  read({ text, file, path, grant, host }: HtaccessFile): {
    readonly directory: ConfigVector;
    readonly warnings: readonly string[];
    readonly ownWarnings: string[];
    readonly moduleWarnings: readonly ConfigurationNote[];
  } {
    const warnings: string[] = [];
    const ownWarnings: string[] = [];
    const moduleWarnings: ConfigurationNote[] = [];
    const warn = (message: string, source?: string): void => {
      if (source === undefined) warnings.push(message);
      else if (source === OWN_SOURCE) ownWarnings.push(message);
      else moduleWarnings.push({ level: 'warn', message, module: source });
    };
    const directory: ConfigVector = [];
    const { process: configuration, files } = this.#environment;
    try {
      applyTree(this.parse(text, file, grant, warn), {
        process: { ...configuration, notes: [] },
        table: this.#table,
        files,
        host,
        directory,
        path,
        sections: [],
        htaccess: grant,
        limit: undefined,
        warn,
      });
    } catch (error) {
      if (error instanceof ConfigurationRefused) error.notes = moduleWarnings;
      throw error;
    }
    return { directory, warnings, ownWarnings, moduleWarnings };
  }
}
