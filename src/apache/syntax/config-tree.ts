// What a configuration file is once it is read: nodes in order, each with the place it stands at.

/** Where something stands. A directive that is continued with `\` counts as standing on its last line, as in Apache. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** One directive, its variables replaced. */
export interface DirectiveNode {
  readonly kind: 'directive';
  /** As it was written: Apache ignores its case, and repeats it in errors. */
  readonly name: string;
  /** Everything behind the name, white space at both ends removed, quotes still in it. */
  readonly text: string;
  readonly place: SourcePlace;
}

/** A section with what it holds. */
export interface SectionNode {
  readonly kind: 'section';
  /** As it was written, with its bracket: `<Directory`. */
  readonly name: string;
  /** Everything between the name and the end of the line, the closing bracket included. */
  readonly text: string;
  readonly children: readonly ConfigNode[];
  readonly place: SourcePlace;
}

export type ConfigNode = DirectiveNode | SectionNode;
