// What clients sent must not make lines of its own, nor end a quoted part, in a log.

const NAMED: Readonly<Record<string, string>> = {
  '\b': String.raw`\b`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '\\': String.raw`\\`,
  '"': String.raw`\"`,
};

// oxlint-disable-next-line no-control-regex -- control characters are what must not get through
const UNSAFE = /["\\\u0000-\u001F\u007F-\uFFFF]/g;

/** As Apache writes it: `\n`, `\"`, `\\`, and `\xhh` for every other byte that is no visible ASCII. */
export function escapeLogItem(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => NAMED[character] ?? String.raw`\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
