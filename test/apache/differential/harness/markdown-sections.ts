// The outline that every Markdown file of the suite shares (README.md beside it): a title, sections, options, fenced blocks. What is not of
// that form throws, so that nothing is left out in silence.

/** A fenced block. */
export interface Block {
  /** The words behind the three backticks: `http`, `apache conf.d/a.conf`. */
  readonly info: string;
  /** The lines between the fences, without a break behind the last one. */
  readonly lines: readonly string[];
}

/** What follows a heading, up to the next one. */
export interface Section {
  readonly heading: string;
  /** The items `- key: value`. */
  readonly options: ReadonlyMap<string, string>;
  readonly blocks: readonly Block[];
}

/** The section of the title first, then those of the second level, in order. */
export function parseSections(text: string, file: string): Section[] {
  const sections: { heading: string; options: Map<string, string>; blocks: Block[] }[] = [];
  let block: { info: string; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const where = `${file}, line ${index + 1}`;
    const section = sections.at(-1);
    if (block !== undefined) {
      if (line === '```') block = undefined;
      else block.lines.push(line);
      continue;
    }
    const heading = /^##? (.+)$/.exec(line)?.[1];
    if (heading !== undefined) {
      if (line.startsWith('## ') === (section === undefined)) throw new Error(`${where}: one title, then sections`);
      sections.push({ heading, options: new Map(), blocks: [] });
    } else if (line !== '' && section === undefined) {
      throw new Error(`${where}: it does not start with a title`);
    } else if (line.startsWith('```')) {
      block = { info: line.slice(3), lines: [] };
      section?.blocks.push(block);
    } else if (line.startsWith('#')) {
      throw new Error(`${where}: no such heading: ${line}`);
    } else {
      const [, key, value] = /^- ([a-z ]+): (.+)$/.exec(line) ?? [];
      if (key !== undefined && value !== undefined) section?.options.set(key, value);
      else if (line.startsWith('- ')) throw new Error(`${where}: not an option: ${line}`);
    }
  }
  if (block !== undefined) throw new Error(`${file}: a block is not closed`);
  return sections;
}

/** Takes options out one by one, so that what is left over is an error. */
export class OptionReader {
  readonly #where: string;
  readonly #left: Map<string, string>;

  constructor(where: string, options: ReadonlyMap<string, string>) {
    this.#where = where;
    this.#left = new Map(options);
  }

  text(key: string): string | undefined {
    const value = this.#left.get(key);
    this.#left.delete(key);
    return value;
  }

  oneOf<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const value = this.text(key);
    const word = words.find((each) => each === value);
    if (value !== undefined && word === undefined) throw new Error(`${this.#where}: ${key} cannot be ${value}`);
    return word;
  }

  milliseconds(key: string): number | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const digits = /^(\d+) ms$/.exec(value)?.[1];
    if (digits === undefined) throw new Error(`${this.#where}: ${key} is not a time such as '300 ms': ${value}`);
    return Number(digits);
  }

  assertEmpty(): void {
    const left = [...this.#left.keys()];
    if (left.length > 0) throw new Error(`${this.#where}: no such option: ${left.join(', ')}`);
  }
}
