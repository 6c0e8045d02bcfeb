// How many answers belong to bytes that are sent, and how their bodies are framed: the requests in them, cut as loosely as a client may have
// written them. What a server makes of them is what the suite is about; a request that is broken counts as one.

/** What has to be known of a request to read its answer (RFC 9112 §6.3). */
export interface ExpectedAnswer {
  readonly method: string;
  /** HTTP/0.9 has a body without a head. */
  readonly headless: boolean;
}

/** The requests in the text, in order. */
export function cutRequests(text: string): ExpectedAnswer[] {
  const answers: ExpectedAnswer[] = [];
  for (let at = 0; at < text.length;) {
    while (text.startsWith('\r\n', at)) at += 2;
    if (at >= text.length) break;
    const [line = ''] = text.slice(at).split(/\r?\n/, 1);
    const words = line.split(' ').filter((word) => word !== '');
    const headless = words.length === 2 && words[0] === 'GET' && text.includes('\n', at);
    answers.push({ method: words[0] ?? '', headless });
    if (headless) break;
    // Bare line feeds are line ends to a lenient server.
    const head = /^[^]*?\n\r?\n/.exec(text.slice(at))?.[0];
    if (head === undefined) break;
    at = bodyEnd(text, head, at + head.length);
  }
  return answers;
}

function bodyEnd(text: string, head: string, start: number): number {
  if (/^transfer-encoding:.*chunked/im.test(head)) return chunksEnd(text, start);
  const length = /^content-length:[ \t]*(\d+)/im.exec(head)?.[1];
  return length === undefined ? start : start + Number(length);
}

function chunksEnd(text: string, start: number): number {
  for (let at = start; ;) {
    const line = /^([0-9a-f]+)[^\r\n]*\r\n/i.exec(text.slice(at));
    if (line === null) return text.length;
    const size = Number.parseInt(line[1] ?? '', 16);
    at += line[0].length;
    if (size > 0) {
      at += size + 2;
      continue;
    }
    const end = text.indexOf('\r\n\r\n', at - 2);
    return end === -1 ? text.length : end + 4;
  }
}
