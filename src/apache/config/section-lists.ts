// Which sections there are: those of a server, and those that stand within a folder's configuration.
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

/** `<Files>` of a folder's configuration, those of what stands around it first. */
export class InnerSections {
  readonly files: MatchedSection[];

  constructor(files: readonly MatchedSection[] = []) {
    this.files = [...files];
  }
}
