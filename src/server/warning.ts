// Settings that contradict each other, or rest on something that nobody is sure of: told at start, to whoever can change them.
// The shape and its words only.

/** One thing that somebody should look at. Nothing is refused for it. */
export interface ServerWarning {
  /** The option to change, e.g. `keepAliveTimeoutMs`; `behind` where the path itself is the matter. */
  readonly option: string;
  /** `bad`: requests get lost. `warn`: it works by luck, or costs. `hint`: a number rests on something that is not verified, or not known. */
  readonly level: 'bad' | 'warn' | 'hint';
  /** What is wrong, what happens, what to set. Sentences. */
  readonly message: string;
  /** What the option should be, at least or at most, in milliseconds; undefined where it is not a number that helps. */
  readonly wantedMs?: number;
}

/** `keepAliveTimeoutMs: The server closes before … (keepAliveTimeoutMs: 65_000)`. */
export function formatWarning({ option, message, wantedMs }: ServerWarning): string {
  const wanted = wantedMs === undefined ? '' : ` (${option}: ${groupDigits(wantedMs)})`;
  return `${option}: ${message}${wanted}`;
}

/** As a number is written in a program: `65_000`. */
function groupDigits(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, '_');
}
