// The notation of bytes in the corpus (test/corpus/README.md): from text to bytes and back.

const ESCAPE = /\\(?:r|n|t|\\|x[0-9a-fA-F]{2})/g;
const REPETITION = /\\\{(\d+) ([^{}]+)\}/g;

/** The bytes that a block of the corpus stands for, one character for each. Throws where the notation is broken. */
export function readEscapedBytes(text: string): Buffer {
  const repeated = text.replaceAll(REPETITION, (_all, count: string, unit: string) => unit.repeat(Number(count)));
  const rest = repeated.replaceAll(ESCAPE, '');
  if (/[^ -~]|\\/.test(rest)) throw new Error(`not the notation of the corpus: ${JSON.stringify(rest.slice(0, 60))}`);
  return Buffer.from(repeated.replaceAll(ESCAPE, readEscape), 'latin1');
}

/** Text of one character a byte in the notation, on one line. */
export function formatEscapedBytes(text: string): string {
  return text.replaceAll(/[^ -~]|["\\]/g, (character) => {
    if (character === '\r') return '\\r';
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    if (character === '\\') return '\\\\';
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

function readEscape(escape: string): string {
  switch (escape[1]) {
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'x':
      return String.fromCharCode(Number.parseInt(escape.slice(2), 16));
    default:
      return '\\';
  }
}
