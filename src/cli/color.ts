// Colour for people, plain text for everything else: https://no-color.org and the FORCE_COLOR of Node.js.
// Not util.styleText: on Node.js 20 it cannot be told about the stream and the environment of a test.

/** Paints text, or leaves it alone where there is no colour. */
export interface Palette {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
}

/** Whether to paint. FORCE_COLOR beats NO_COLOR, as in Node.js: it is the more deliberate of the two. */
export function decideColor(facts: {
  readonly isTerminal: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = facts.environment;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return facts.isTerminal && term !== 'dumb';
}

const paint =
  (isEnabled: boolean, open: number, close: number) =>
  (text: string): string =>
    isEnabled ? `\u001b[${open}m${text}\u001b[${close}m` : text;

/** The five styles that the commands use. */
export function createPalette(isEnabled: boolean): Palette {
  return {
    bold: paint(isEnabled, 1, 22),
    dim: paint(isEnabled, 2, 22),
    cyan: paint(isEnabled, 36, 39),
    yellow: paint(isEnabled, 33, 39),
    red: paint(isEnabled, 31, 39),
  };
}
