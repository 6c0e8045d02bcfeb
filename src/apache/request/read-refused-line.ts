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

/** A NUL ends what C takes for text. */
export function readRefusedLine(line: string): RefusedLine {
  const [method = '', target = '', protocol = ''] = (line.split('\0', 1)[0] ?? '')
    .split(BLANKS)
    .filter((word) => word !== '');
  const version = /^HTTP\/([1-9])\.([0-9])$/i.exec(protocol);
  return {
    method,
    target,
    version: version === null ? 1_000 : Number(version[1]) * 1_000 + Number(version[2]),
    text: [method, target, protocol].filter((word) => word !== '').join(' '),
  };
}
