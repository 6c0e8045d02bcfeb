// What the tables of this folder are made of: a site, what is asked of it, and what was answered.

/** A site of the tables. `@DOC@` in a text is its DocumentRoot. */
export interface RewriteCase {
  readonly name: string;
  /** What stands in its virtual host; `RewriteMap` files and folders below `@DOC@`. */
  readonly host?: string;
  /** By folder; a text alone is that of the root. */
  readonly htaccess?: string | Readonly<Record<string, string>>;
  /** Paths below the root; what ends in a slash is a folder. A file holds its own path, unless a text is given. */
  readonly files: ReadonlyArray<string | readonly [path: string, text: string]>;
  /** `ServerName` has port 80, so that URLs of the site itself are recognised. */
  readonly ownPort?: true;
  readonly asks: readonly RewriteAsk[];
}

/** A path, or a method and a path, with fields. */
export type RewriteAsk = string | readonly [target: string, fields: Readonly<Record<string, string>>];

/** What came of it: only what there was. */
export interface RewriteAnswer {
  readonly status: number;
  readonly location?: string;
  readonly vary?: string;
  readonly cookies?: readonly string[];
  /** Of answers 200: the path of the file, its query as the modules see it, and its type. */
  readonly file?: string;
  readonly query?: string;
  readonly type?: string;
  /** Of the variables that are looked at. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The variables that answers tell. */
export const WATCHED_VARIABLES = ['A', 'B', 'C', 'D', 'REDIRECT_A', 'REDIRECT_B'] as const;

/** The method and path of what is asked. */
export function partsOf(ask: RewriteAsk): { method: string; target: string; fields: Readonly<Record<string, string>> } {
  const [line, fields] = typeof ask === 'string' ? [ask, {}] : ask;
  const space = line.startsWith('/') ? -1 : line.indexOf(' ');
  return { method: space === -1 ? 'GET' : line.slice(0, space), target: line.slice(space + 1), fields };
}

export function hostNameOf(index: number): string {
  return `c${index}.test`;
}

export function htaccessOf({ htaccess = {} }: RewriteCase): Readonly<Record<string, string>> {
  return typeof htaccess === 'string' ? { '': htaccess } : htaccess;
}
