// Reads what a source file imports and which names it uses, with patterns instead of a parser: enough for rules about layers.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One import, re-export or dynamic import. */
export interface SourceImport {
  /** As it is written: `../errors.ts`, `node:net`, `commander`. */
  readonly from: string;
  /** `import type` or `export type`: gone at run time. A type named inside braces leaves the import behind, so it does not count. */
  readonly typeOnly: boolean;
}

/** A file of a source tree. */
export interface SourceFile {
  /** Relative to the tree, with slashes: `server/static/etag.ts`. */
  readonly path: string;
  readonly text: string;
}

const COMMENT = String.raw`\/\*[\s\S]*?\*\/|\/\/[^\n]*`;
const STRING = String.raw`'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"`;
const TEMPLATE = '`(?:\\\\[\\s\\S]|\\$\\{(?:[^`{}]|\\{[^{}]*\\})*\\}|[^`\\\\])*`';
const REGULAR_EXPRESSION = String.raw`(?<=(?:[=(,:;!&|?{}[\n]|=>|return)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[dgimsuvy]*`;

const TOKENS = new RegExp([COMMENT, REGULAR_EXPRESSION, STRING, TEMPLATE].join('|'), 'g');
const IMPORTS = new RegExp(
  [
    // import a, { b } from 'x'; import type { A } from 'x'; export * from 'x'
    String.raw`(?<![.\w$])(?:import|export)\b(?<type>\s+type\b)?[^'";]*?\bfrom\s*(?<from>'[^'\n]+'|"[^"\n]+")`,
    // import 'x'; import('x')
    String.raw`(?<![.\w$])import\s*\(?\s*(?<bare>'[^'\n]+'|"[^"\n]+")`,
  ].join('|'),
  'g',
);

function isComment(token: string): boolean {
  return token.startsWith('//') || token.startsWith('/*');
}

/** What is left of a source text without comments and the contents of its strings; what a template computes stays. */
export function codeOnly(text: string): string {
  return text.replaceAll(TOKENS, (token) => {
    if (isComment(token)) return ' ';
    if (token.startsWith('`'))
      return [...token.matchAll(/\$\{((?:[^`{}]|\{[^{}]*\})*)\}/g)].map(([, code]) => code).join(';');
    return token.startsWith('/') ? '/ /' : "''";
  });
}

/** Every import of a source text, in order. */
export function parseImports(text: string): SourceImport[] {
  const uncommented = text.replaceAll(TOKENS, (token) => (isComment(token) ? ' ' : token));
  return [...uncommented.matchAll(IMPORTS)].map(({ groups = {} }) => ({
    from: (groups['from'] ?? groups['bare'] ?? '').slice(1, -1),
    typeOnly: groups['type'] !== undefined,
  }));
}

/** Where a relative import leads, as a path of the tree; undefined for packages and what belongs to Node.js. */
export function resolveImport(file: string, from: string): string | undefined {
  return from.startsWith('.') ? path.posix.join(path.posix.dirname(file), from) : undefined;
}

/** Every TypeScript file below a folder, in order of its path. */
export function readSources(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({
      path: file.split(path.sep).join('/'),
      text: readFileSync(path.join(folder, file), 'utf8'),
    }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
