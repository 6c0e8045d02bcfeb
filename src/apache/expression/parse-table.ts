// Makes the table of a parser from a grammar, as yacc does it, so that errors name what yacc's parsers name: the symbol that came, and those
// that were expected at that place.

export interface Production<Value, Builder> {
  readonly left: string;
  readonly right: readonly string[];
  readonly build: (values: readonly Value[], builder: Builder) => Value;
}

export interface Grammar<Value, Builder> {
  readonly start: string;
  /** Terminals, in the order in which they are told. The first one is the end. */
  readonly tokens: readonly string[];
  /** Terminals that bind, the weakest first. */
  readonly precedence: readonly { readonly associativity: 'left' | 'right'; readonly token: string }[];
  readonly productions: readonly Production<Value, Builder>[];
}

/** What a parser does in one state: the next state by terminal or nonterminal, and otherwise the production that it reduces. */
export interface ParserState {
  readonly next: ReadonlyMap<string, number>;
  /** Undefined where everything else is an error. */
  readonly reduce: number | undefined;
}

/** A production and how much of it has been seen. The production -1 is the whole input: the start symbol and the end. */
type Item = readonly [production: number, dot: number];

class TableMaker<Value, Builder> {
  readonly #grammar: Grammar<Value, Builder>;
  readonly #byLeft = new Map<string, number[]>();

  constructor(grammar: Grammar<Value, Builder>) {
    this.#grammar = grammar;
    for (const [index, { left }] of grammar.productions.entries()) {
      const others = this.#byLeft.get(left);
      if (others === undefined) this.#byLeft.set(left, [index]);
      else others.push(index);
    }
  }

  make(): ParserState[] {
    const kernels: Item[][] = [[[-1, 0]]];
    const known = new Map([['-1.0', 0]]);
    const states: ParserState[] = [];
    for (let index = 0; index < kernels.length; index += 1) {
      const items = this.#close(kernels[index]!);
      const next = new Map<string, number>();
      for (const [symbol, kernel] of this.#advance(items)) {
        const key = kernel.map((item) => item.join('.')).join();
        let target = known.get(key);
        if (target === undefined) {
          target = kernels.length;
          kernels.push(kernel);
          known.set(key, target);
        }
        next.set(symbol, target);
      }
      const complete = items.filter((item) => this.#symbolAt(item) === undefined).map(([production]) => production);
      if (complete.length > 1) throw new Error(`two productions end in state ${index}: ${complete.join()}`);
      const [reduce] = complete;
      if (reduce !== undefined) this.#resolve(reduce, next);
      states.push({ next, reduce });
    }
    return states;
  }

  #right(production: number): readonly string[] {
    const { productions, start, tokens } = this.#grammar;
    return production === -1 ? [start, tokens[0]!] : productions[production]!.right;
  }

  #symbolAt([production, dot]: Item): string | undefined {
    return this.#right(production)[dot];
  }

  #close(kernel: readonly Item[]): Item[] {
    const items = [...kernel];
    const opened = new Set<string>();
    for (const item of items) {
      const symbol = this.#symbolAt(item);
      if (symbol === undefined || opened.has(symbol)) continue;
      opened.add(symbol);
      for (const production of this.#byLeft.get(symbol) ?? []) items.push([production, 0]);
    }
    return items;
  }

  #advance(items: readonly Item[]): Map<string, Item[]> {
    const kernels = new Map<string, Item[]>();
    for (const item of items) {
      const symbol = this.#symbolAt(item);
      if (symbol === undefined) continue;
      const moved: Item = [item[0], item[1] + 1];
      const kernel = kernels.get(symbol);
      if (kernel === undefined) kernels.set(symbol, [moved]);
      else kernel.push(moved);
    }
    return kernels;
  }

  /** Where a production ends and a token could still be taken, the one that binds more strongly wins; without a strength, the token. */
  #resolve(reduce: number, next: Map<string, number>): void {
    const { precedence, tokens } = this.#grammar;
    const strength = (token: string | undefined): number => precedence.findIndex((entry) => entry.token === token);
    const own = strength(this.#right(reduce).findLast((symbol) => tokens.includes(symbol)));
    if (own === -1) return;
    for (const token of next.keys()) {
      const other = strength(token);
      if (other === -1) continue;
      if (own > other || (own === other && precedence[own]!.associativity === 'left')) next.delete(token);
    }
  }
}

/** @throws Error where the grammar leaves a choice that the token strengths do not decide. */
export function makeParseTable<Value, Builder>(grammar: Grammar<Value, Builder>): readonly ParserState[] {
  return new TableMaker(grammar).make();
}
