// What the product prints on standard error while something runs, instead of printing it.

/** Resolves to the first word of each message. */
export async function stolenStderr(run: () => void | Promise<void>): Promise<string[]> {
  const printed: string[] = [];
  const original = console.error;
  console.error = (...words: unknown[]) => void printed.push(String(words[0]));
  try {
    await run();
  } finally {
    console.error = original;
  }
  return printed;
}
