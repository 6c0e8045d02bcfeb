// How many columns of a terminal a text takes, and texts cut and filled up to columns. For one line without control characters.
//
// Terminals do not agree about emoji of several code points: some show one picture in two columns, others the parts side by side. Here the
// parts count, so that no terminal needs more columns than it was told, and a line that should fit does not wrap.

/**
 * What takes two columns: 'W' and 'F' of EastAsianWidth.txt (Unicode 17, UAX #11), beside what \p{Emoji_Presentation} has. Gaps in which
 * nothing is assigned are bridged. What is ambiguous there ('A', such as …) takes one, as in all terminals that are not told otherwise.
 */
const WIDE_RANGES: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f], // Hangul, leading consonants
  [0x2329, 0x232a], // angle brackets
  [0x2630, 0x2637], // trigrams
  [0x268a, 0x268f], // monograms and digrams
  [0x2e80, 0x303e], // CJK radicals and punctuation
  [0x3041, 0x3247], // kana, bopomofo, what is enclosed
  [0x3250, 0xa4c6], // CJK, Yi
  [0xa960, 0xa97c], // Hangul, older consonants
  [0xac00, 0xd7a3], // Hangul syllables
  [0xf900, 0xfaff], // CJK, compatibility
  [0xfe10, 0xfe19], // vertical forms
  [0xfe30, 0xfe6b], // compatibility and small forms
  [0xff01, 0xff60], // fullwidth forms
  [0xffe0, 0xffe6], // fullwidth signs
  [0x16fe0, 0x1b2fb], // Tangut, Khitan, older kana, Nüshu
  [0x1d300, 0x1d376], // Tai Xuan Jing, counting rods
  [0x1f200, 0x1f265], // enclosed ideographs
  [0x20000, 0x3fffd], // CJK, later planes
];

/** Shown on the character before: marks, what is not shown at all, and vowels and finals of Hangul behind a consonant. */
const ADDS_NOTHING = /^[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}\u{1160}-\u{11ff}\u{d7b0}-\u{d7fb}]$/u;

/** Wide by themselves. */
const EMOJI = /^\p{Emoji_Presentation}$/u;

/** Asks for a picture where the character before is a sign (UTS #51): then it is wide. */
const PICTURE_SELECTOR = '\u{fe0f}';

/** One column for each character: what of Latin, dashes and blocks is never combined with anything. */
const PLAIN = /^[ -~\u{a0}-\u{2ff}\u{2010}-\u{2027}\u{2580}-\u{259f}]*$/u;

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The columns that the text takes, in a terminal that needs the most. */
export function columnWidth(text: string): number {
  // Nearly everything that is ever asked for.
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of segmenter.segment(text)) columns += segmentWidth(segment);
  return columns;
}

/** Of what is read as one character. */
function segmentWidth(segment: string): number {
  let columns = 0;
  let last = 0;
  for (const character of segment) {
    last = character === PICTURE_SELECTOR ? Number(last === 1) : widthOf(character, columns === 0);
    columns += last;
  }
  return columns;
}

function widthOf(character: string, isFirst: boolean): 0 | 1 | 2 {
  if (!isFirst && ADDS_NOTHING.test(character)) return 0;
  const codePoint = character.codePointAt(0) ?? 0;
  const isWide = WIDE_RANGES.some(([first, last]) => codePoint >= first && codePoint <= last) || EMOJI.test(character);
  return isWide ? 2 : 1;
}

/** The text where it fits, else its beginning and `…`. What is read as one character is never cut in two. */
export function cutToColumns(text: string, columns: number): string {
  if (columnWidth(text) <= columns) return text;
  let kept = '';
  let room = columns - 1;
  for (const { segment } of segmenter.segment(text)) {
    room -= segmentWidth(segment);
    if (room < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** With spaces behind it, as `padEnd` does. */
export function padEndColumns(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnWidth(text)));
}

/** How many lines the text is broken into where so many columns are there. A wide character that does not fit any more is moved down. */
export function countLines(text: string, columns: number): number {
  if (PLAIN.test(text)) return Math.max(1, Math.ceil(text.length / columns));
  let lines = 1;
  let taken = 0;
  for (const { segment } of segmenter.segment(text)) {
    const width = segmentWidth(segment);
    if (taken > 0 && taken + width > columns) {
      lines += 1;
      taken = 0;
    }
    taken += width;
  }
  return lines;
}
