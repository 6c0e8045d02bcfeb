// Which sections there are: those of a server, and those that stand within a folder's configuration.
import type { ConfigVector } from '../module/config-vector.ts';
import { DirectoryTable } from './directory-table.ts';
import type { DirectorySection } from './directory-table.ts';
import type { MatchedSection } from './section-match.ts';

/** `<Directory>` and `<Location>` of a server or virtual host, in the order of the configuration; those of the main server come first. */
export class ServerSections {
  readonly directories: DirectorySection[];
  readonly locations: MatchedSection[];
  #table: DirectoryTable | undefined;

  constructor(directories: readonly DirectorySection[] = [], locations: readonly MatchedSection[] = []) {
    this.directories = [...directories];
    this.locations = [...locations];
  }

  /** For requests, when the configuration is complete. */
  get table(): DirectoryTable {
    this.#table ??= new DirectoryTable(this.directories);
    return this.#table;
  }
}

/** `<If>`, `<ElseIf>` and `<Else>`. `otherwise`: asked only if what stands before it did not hold. */
export interface ConditionSection<Expression> {
  /** Undefined for `<Else>`. */
  readonly condition: Expression | undefined;
  readonly otherwise: boolean;
  readonly config: ConfigVector;
}

/** `<Files>` and `<If>` of a folder's configuration, of what stands around it first. */
export class InnerSections<Expression> {
  readonly files: MatchedSection[];
  readonly conditions: ConditionSection<Expression>[];

  constructor(files: readonly MatchedSection[] = [], conditions: ReadonlyArray<ConditionSection<Expression>> = []) {
    this.files = [...files];
    this.conditions = [...conditions];
  }
}
