// What httpd makes of a request line that it refuses: three words, whatever is between them. For logs. Pure.

/** Parts that are missing are empty. */
export interface RefusedLine {
  readonly method: string;
  readonly target: string;
  /** 1000 where the version is none. */
  readonly version: number;
  /** The words with one space between them: %r. */
  readonly text: string;
}

/** C's isspace(). */
const BLANKS = /[\t\n\v\f\r ]+/;

/** A NUL ends what C takes for text, and a line that has one is not looked at any more. */
export function readRefusedLine(line: string): RefusedLine {
  const [before = '', behind] = line.split('\0', 2);
  const words = before.split(BLANKS).filter((word) => word !== '');
  const [method = '', target = '', protocol = ''] = behind === undefined ? words : [];
  const version = /^HTTP\/([1-9])\.([0-9])$/i.exec(protocol);
  return {
    method,
    target,
    version: version === null ? 1_000 : Number(version[1]) * 1_000 + Number(version[2]),
    text: words.slice(0, 3).join(' '),
  };
}
