// Options that may be given several times.

/** A parser for commander that adds what `parse` makes of one to those before it. */
export function collect<Value>(
  parse: (text: string) => Value,
): (text: string, before: readonly Value[]) => readonly Value[] {
  return (text, before) => [...before, parse(text)];
}
