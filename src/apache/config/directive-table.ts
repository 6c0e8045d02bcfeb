// Which directives there are with the modules that are loaded: those that perdura has, and those that only Apache has.
import type { AnyDirective } from '../module/directive.ts';
import type { ApacheModule } from '../module/module.ts';
import { KNOWN_DIRECTIVES, type KnownDirective } from './known-directives.ts';

/** A directive with the module whose part it changes. */
export interface TableEntry {
  readonly module: ApacheModule;
  readonly directive: AnyDirective<unknown, unknown>;
}

/** Who knows a name. Several modules may: each of them is called. */
export type FoundDirective =
  | { readonly kind: 'ours'; readonly entries: readonly TableEntry[] }
  | { readonly kind: 'apache'; readonly directive: KnownDirective };

/** Servers need one, and builds may have it without LoadModule. */
const ALWAYS_THERE = 'event.c';

/** See the head of the file. */
export class DirectiveTable {
  readonly #loaded: ReadonlySet<string>;
  readonly #ours = new Map<string, TableEntry[]>();
  readonly #known = new Map<string, KnownDirective[]>();

  /** @param loaded names of modules as `<IfModule>` knows them; looked at whenever a name is asked for */
  constructor(modules: readonly ApacheModule[], loaded: ReadonlySet<string>) {
    this.#loaded = loaded;
    for (const module of modules) {
      for (const directive of module.definition.directives) {
        append(this.#ours, directive.name, { module, directive });
      }
    }
    for (const directive of KNOWN_DIRECTIVES) append(this.#known, directive.name, directive);
  }

  /** Without regard to case; sections with their bracket. */
  find(name: string): FoundDirective | undefined {
    const key = name.toLowerCase();
    const entries = this.#ours.get(key)?.filter(({ module }) => this.#isLoaded(module.name)) ?? [];
    if (entries.length > 0) return { kind: 'ours', entries };
    const directive = this.#known.get(key)?.find(({ module }) => this.#isLoaded(module));
    return directive === undefined ? undefined : { kind: 'apache', directive };
  }

  #isLoaded(name: string): boolean {
    return name === ALWAYS_THERE || this.#loaded.has(name);
  }
}

function append<Value>(lists: Map<string, Value[]>, name: string, value: Value): void {
  const key = name.toLowerCase();
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
