// What must differ between two servers that are the same, and the name of each rule by which it is made equal. Nothing else is touched.
import { gunzipSync } from 'node:zlib';
import { fieldValues } from './answer-reader.ts';
import type { Answer, ReceivedHead } from './answer-reader.ts';

/** What is different from side to side, known before anything is asked. */
export interface SideFacts {
  /** The ports by the names that they have in the configuration. */
  readonly ports: Readonly<Record<'PORT' | 'OTHER_PORT', number>>;
  /** The value of its Server field. */
  readonly serverName: string;
}

/** The answer with everything replaced that the rules name; the length field follows what was replaced in the body. */
export function normaliseAnswer(answer: Answer, facts: SideFacts): Answer {
  const body = [gzipBody, boundaryInBody, portsInText, signatureInBody].reduce(
    (text, rule) => rule(text, answer, facts),
    answer.body,
  );
  const fieldLines = answer.fieldLines.map((line) => {
    const normal = [dateAndServer, allow, expires, lastModified, gzipRange, boundaryInField, portsInText].reduce(
      (text, rule) => rule(text, answer, facts),
      line,
    );
    // The reader has held the number against the body, so only the length of what is compared is told.
    if (answer.framing === 'length') return normal.replace(/^(content-length: )\d+$/i, `$1${body.length}`);
    // Without a body there is nothing to count boundaries in, nor to decompress.
    const isOurs = boundaryOf(answer) !== undefined || isGzip(answer);
    return isOurs ? normal.replace(/^(content-length: )\d+$/i, '$1*') : normal;
  });
  const interim = answer.interim.map((head) => ({
    ...head,
    fieldLines: head.fieldLines.map((line) => dateAndServer(line)),
  }));
  return { ...answer, interim, fieldLines, body };
}

/** Rule "date": the value of Date is the time. Rule "server": the name is ours. The lines stay where they are. */
function dateAndServer(line: string): string {
  return line.replace(/^(date|server):.*$/i, '$1: *');
}

/** Rule "allow": the order of methods changes from run to run of the real httpd. */
function allow(line: string): string {
  const [, name, methods] = /^(allow: )(.*)$/i.exec(line) ?? [];
  return name === undefined || methods === undefined ? line : `${name}${methods.split(',').toSorted().join(',')}`;
}

/** Rule "expires": the time in Expires counts from the Date of the same answer; in the past it is told as such. */
function expires(line: string, answer: ReceivedHead): string {
  const [, name, value = ''] = /^(expires): (.*)$/i.exec(line) ?? [];
  const seconds = (Date.parse(value) - Date.parse(fieldValues(answer, 'date')[0] ?? '')) / 1_000;
  // What is further off than a year of 400 days is a fixed date.
  if (name === undefined || Number.isNaN(seconds) || Math.abs(seconds) > 400 * 86_400) return line;
  return `${name}: ${seconds} s behind Date`;
}

/** Rule "last-modified": a file of the future is told as changed now. */
function lastModified(line: string, answer: ReceivedHead): string {
  const [, name, value] = /^(last-modified: )(.*)$/i.exec(line) ?? [];
  return name !== undefined && value === fieldValues(answer, 'date')[0] ? `${name}as Date` : line;
}

function isGzip(answer: ReceivedHead): boolean {
  return fieldValues(answer, 'content-encoding').join() === 'gzip';
}

/** Rule "gzip" for ranges: the length of the whole is that of the compressed body. */
function gzipRange(line: string, answer: ReceivedHead): string {
  return isGzip(answer) ? line.replace(/^(content-range: bytes \d+-\d+\/)\d+$/i, '$1*') : line;
}

function boundaryOf(answer: ReceivedHead): string | undefined {
  return /^multipart\/byteranges; boundary=([\w'()+,./:=?-]+)$/.exec(fieldValues(answer, 'content-type')[0] ?? '')?.[1];
}

/** Rule "boundary": what parts of a multipart body are cut by is anybody's choice. */
function boundaryInField(line: string, answer: ReceivedHead): string {
  const boundary = boundaryOf(answer);
  return boundary === undefined ? line : line.replace(`boundary=${boundary}`, 'boundary=BOUNDARY');
}

function boundaryInBody(text: string, answer: ReceivedHead): string {
  const boundary = boundaryOf(answer);
  return boundary === undefined ? text : text.replaceAll(`--${boundary}`, '--BOUNDARY');
}

/** Rule "port": both listen on ports of their own. */
function portsInText(text: string, _answer: ReceivedHead, facts: SideFacts): string {
  return replacePorts(text, facts);
}

/** The ports by their names, wherever they stand as numbers of their own. */
export function replacePorts(text: string, facts: SideFacts): string {
  return Object.entries(facts.ports).reduce(
    (replaced, [name, port]) => replaced.replaceAll(new RegExp(`(?<!\\d)${port}(?!\\d)`, 'g'), name),
    text,
  );
}

/** Rule "gzip": two compressors may choose other bytes for the same text; what they stand for is compared. */
function gzipBody(text: string, answer: ReceivedHead): string {
  if (text === '' || !isGzip(answer) || fieldValues(answer, 'content-range').length > 0) return text;
  try {
    return `(gzip of) ${gunzipSync(Buffer.from(text, 'latin1')).toString('latin1')}`;
  } catch (error) {
    // Files that only claim to be compressed are compared as they are.
    return (error as Error).message === 'incorrect header check' ? text : `(broken gzip) ${text}`;
  }
}

/** Rule "signature": the foot of pages that a server makes carries its name. */
function signatureInBody(text: string): string {
  return text.replaceAll(/<address>[^<]*? Server at /g, '<address>* Server at ');
}
