// The <Directory> sections of a host in the order in which Apache asks them: by the depth of their folder, regular expressions last.
import { matchesWildcard } from '../files/wildcard.ts';
import type { MatchedSection } from './section-match.ts';

/** A section of a folder. Its text ends with a slash, unless it is a regular expression. */
export interface DirectorySection extends MatchedSection {
  /** Slashes of the text: `/srv/www/` has three. None for `/`, which every path has. */
  readonly depth: number;
}

/** Sections of one depth. */
class DirectoryLevel {
  readonly #sections: DirectorySection[] = [];
  /** Only where no section of this depth is a wildcard. */
  #byPath: Map<string, DirectorySection[]> | undefined = new Map();

  add(section: DirectorySection): void {
    this.#sections.push(section);
    if (section.match.kind !== 'exact') {
      this.#byPath = undefined;
    } else if (this.#byPath !== undefined) {
      const known = this.#byPath.get(section.match.text);
      if (known === undefined) this.#byPath.set(section.match.text, [section]);
      else known.push(section);
    }
  }

  of(folder: string): readonly DirectorySection[] {
    if (this.#byPath !== undefined) return this.#byPath.get(folder) ?? NO_SECTIONS;
    return this.#sections.filter(({ match }) =>
      match.kind === 'wildcard' ? matchesWildcard(match.text, folder) : match.kind === 'exact' && match.text === folder,
    );
  }
}

const NO_SECTIONS: readonly DirectorySection[] = [];

/** See the head of the file. Within a depth the order is that of the configuration. */
export class DirectoryTable {
  readonly #levels: (DirectoryLevel | undefined)[] = [];
  readonly patterns: readonly DirectorySection[];

  constructor(sections: readonly DirectorySection[]) {
    const patterns: DirectorySection[] = [];
    for (const section of sections) {
      if (section.match.kind === 'pattern') {
        patterns.push(section);
        continue;
      }
      const level = this.#levels[section.depth] ?? new DirectoryLevel();
      this.#levels[section.depth] = level;
      level.add(section);
    }
    this.patterns = patterns;
  }

  /** Whether there is any section of a depth. */
  hasDepth(depth: number): boolean {
    return this.#levels[depth] !== undefined;
  }

  /** The sections of a folder. `folder` ends with a slash and has `depth` of them; depth 0 has those of `/`. */
  at(depth: number, folder: string): readonly DirectorySection[] {
    return this.#levels[depth]?.of(folder) ?? NO_SECTIONS;
  }
}
