// Makes a stream smaller as long as it still shows a difference: requests go first, then fields, then what is long or odd beside the point.
import type { WireRequest, WireStream } from './stream.ts';

const PLAIN_LINES = ['GET /a.txt HTTP/1.1\r\n', 'POST /a.txt HTTP/1.1\r\n'];
const PLAIN_HOST = 'Host: example.test\r\n';

/** `differs` tells whether a stream still shows it. */
export async function shrinkStream(
  stream: WireStream,
  differs: (candidate: WireStream) => Promise<boolean>,
): Promise<WireStream> {
  let smallest = stream;
  for (;;) {
    const smaller = await firstThat(smallerStreams(smallest), differs);
    if (smaller === undefined) return smallest;
    smallest = smaller;
  }
}

async function firstThat(
  candidates: Iterable<WireStream>,
  differs: (candidate: WireStream) => Promise<boolean>,
): Promise<WireStream | undefined> {
  for (const candidate of candidates) if (await differs(candidate)) return candidate;
  return undefined;
}

function* smallerStreams(stream: WireStream): Iterable<WireStream> {
  const { requests, cuts } = stream;
  if (requests.length > 2) {
    yield { ...stream, requests: requests.slice(0, requests.length >> 1) };
    yield { ...stream, requests: requests.slice(requests.length >> 1) };
  }
  for (const index of requests.keys())
    if (requests.length > 1) yield { ...stream, requests: requests.toSpliced(index, 1) };
  if (cuts.length > 0) yield { ...stream, cuts: [] };
  if (cuts.length > 1) for (const index of cuts.keys()) yield { ...stream, cuts: cuts.toSpliced(index, 1) };
  for (const [index, request] of requests.entries()) {
    for (const smaller of smallerRequests(request)) yield { ...stream, requests: requests.with(index, smaller) };
  }
  if (!stream.endsAfter) yield { ...stream, endsAfter: true };
}

function* smallerRequests(request: WireRequest): Iterable<WireRequest> {
  const { before, line, fields, headEnd, body } = request;
  if (fields.length > 3) {
    yield { ...request, fields: fields.slice(0, fields.length >> 1) };
    yield { ...request, fields: fields.slice(fields.length >> 1) };
  }
  for (const index of fields.keys()) yield { ...request, fields: fields.toSpliced(index, 1) };
  if (before !== '') yield { ...request, before: '' };
  if (body !== '') yield { ...request, body: '' };
  if (headEnd !== '\r\n' && headEnd !== '') yield { ...request, headEnd: '\r\n' };
  const plain = PLAIN_LINES.indexOf(line);
  for (const simple of plain === -1 ? PLAIN_LINES : PLAIN_LINES.slice(0, plain)) yield { ...request, line: simple };
  const version = line.replace(/^(\S+) (\S+) .*\r\n$/s, '$1 $2 HTTP/1.1\r\n');
  if (version !== line) yield { ...request, line: version };
  const target = line.replace(/^(\S+) \S+ (\S+)\r\n$/, '$1 /a.txt $2\r\n');
  if (target !== line) yield { ...request, line: target };
  for (const [index, field] of fields.entries()) {
    if (/^host: /i.test(field) && field !== PLAIN_HOST) yield { ...request, fields: fields.with(index, PLAIN_HOST) };
    const shorter = shorten(field);
    if (shorter !== undefined) yield { ...request, fields: fields.with(index, shorter) };
  }
  const shorterBody = shorten(body);
  if (shorterBody !== undefined) yield { ...request, body: shorterBody };
  const shorterLine = shorten(line);
  if (shorterLine !== undefined) yield { ...request, line: shorterLine };
}

/** Half of a long run of one character, or one of it less. */
function shorten(text: string): string | undefined {
  const run = /([a-z ])\1{7,}/.exec(text)?.[0];
  if (run === undefined) return undefined;
  return text.replace(run, run.slice(0, run.length >> 1));
}
