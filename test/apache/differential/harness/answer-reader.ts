// Takes the bytes of a server apart into answers without letting anything go: lines as they are, in their order. It shares no code with the
// product, and is strict in what RFC 9112 says of framing.
import type { ExpectedAnswer } from './cut-requests.ts';

export interface ReceivedHead {
  readonly statusLine: string;
  /** As they were sent, one string a line. */
  readonly fieldLines: readonly string[];
}

/** A whole answer; for HTTP/0.9 the head is empty. */
export interface Answer extends ReceivedHead {
  /** Heads with a status of 1xx before it. */
  readonly interim: readonly ReceivedHead[];
  readonly framing: 'none' | 'length' | 'chunked' | 'until close';
  readonly body: string;
  readonly trailerLines: readonly string[];
}

/** What was sent is no answer. */
export class AnswerFault extends Error {}

interface Body {
  readonly framing: Answer['framing'];
  readonly text: string;
  readonly end: number;
  readonly trailerLines?: readonly string[];
}

/** The values of all field lines of a name. */
export function fieldValues(head: ReceivedHead, name: string): string[] {
  const start = `${name.toLowerCase()}:`;
  return head.fieldLines
    .filter((line) => line.toLowerCase().startsWith(start))
    .map((line) => line.slice(start.length).trim());
}

/** Whether the answer itself says that it is the last one of its connection. */
export function announcesClose(answer: Answer): boolean {
  if (answer.framing === 'until close') return true;
  const tokens = fieldValues(answer, 'connection').flatMap((value) => value.toLowerCase().split(/\s*,\s*/));
  return tokens.includes('close') || (answer.statusLine.startsWith('HTTP/1.0') && !tokens.includes('keep-alive'));
}

export class AnswerReader {
  #unread = '';
  #interim: ReceivedHead[] = [];

  push(text: string): void {
    this.#unread += text;
  }

  /** What arrived and belongs to no answer that was returned. */
  get rest(): string {
    return this.#unread;
  }

  /** The next whole answer; undefined where more bytes are needed. `ended` says that no more will come. */
  next(expected: ExpectedAnswer, ended: boolean): Answer | undefined {
    // A server that does not want HTTP/0.9 may answer with a head all the same.
    if (expected.headless && !this.#unread.startsWith('HTTP/1.')) return this.#headless(ended);
    for (;;) {
      const headEnd = this.#unread.indexOf('\r\n\r\n');
      if (headEnd === -1) return undefined;
      const [statusLine = '', ...fieldLines] = this.#unread.slice(0, headEnd).split('\r\n');
      const status = Number(/^HTTP\/1\.[01] ([1-9]\d\d) [ -~]*$/.exec(statusLine)?.[1]);
      if (Number.isNaN(status)) throw new AnswerFault(`not a status line: ${JSON.stringify(statusLine.slice(0, 80))}`);
      for (const line of fieldLines) checkFieldLine(line);
      const head = { statusLine, fieldLines };
      if (status < 200 && status !== 101) {
        this.#interim.push(head);
        this.#unread = this.#unread.slice(headEnd + 4);
        continue;
      }
      const body = this.#body(head, status, expected.method, headEnd + 4, ended);
      if (body === undefined) return undefined;
      this.#unread = this.#unread.slice(body.end);
      const interim = this.#interim;
      this.#interim = [];
      const { framing, text, trailerLines = [] } = body;
      return { ...head, interim, framing, body: text, trailerLines };
    }
  }

  #headless(ended: boolean): Answer | undefined {
    if (!ended) return undefined;
    const body = this.#unread;
    this.#unread = '';
    return { statusLine: '', fieldLines: [], interim: [], framing: 'until close', body, trailerLines: [] };
  }

  #body(head: ReceivedHead, status: number, method: string, start: number, ended: boolean): Body | undefined {
    if (method === 'HEAD' || status === 204 || status === 304) return { framing: 'none', text: '', end: start };
    const codings = fieldValues(head, 'transfer-encoding');
    const lengths = fieldValues(head, 'content-length');
    if (codings.length > 0) {
      if (codings.join() !== 'chunked' || lengths.length > 0)
        throw new AnswerFault(`framed twice or oddly: ${codings.join()}`);
      return this.#chunks(start);
    }
    if (lengths.length === 0) {
      const text = this.#unread.slice(start);
      return ended ? { framing: 'until close', text, end: this.#unread.length } : undefined;
    }
    if (lengths.length > 1 || !/^\d+$/.test(lengths[0] ?? ''))
      throw new AnswerFault(`not one length: ${lengths.join()}`);
    const end = start + Number(lengths[0]);
    if (this.#unread.length >= end) return { framing: 'length', text: this.#unread.slice(start, end), end };
    if (ended) throw new AnswerFault(`${this.#unread.length - start} bytes of ${lengths[0]}, then the end`);
    return undefined;
  }

  #chunks(start: number): Body | undefined {
    let text = '';
    for (let at = start; ;) {
      const lineEnd = this.#unread.indexOf('\r\n', at);
      if (lineEnd === -1) return undefined;
      const line = this.#unread.slice(at, lineEnd);
      if (!/^[0-9a-f]+$/i.test(line)) throw new AnswerFault(`not a chunk size: ${JSON.stringify(line.slice(0, 80))}`);
      const size = Number.parseInt(line, 16);
      if (size === 0) return this.#trailers(lineEnd + 2, text);
      const end = lineEnd + 2 + size;
      if (this.#unread.length < end + 2) return undefined;
      if (!this.#unread.startsWith('\r\n', end)) throw new AnswerFault('a chunk does not end with CRLF');
      text += this.#unread.slice(lineEnd + 2, end);
      at = end + 2;
    }
  }

  #trailers(start: number, text: string): Body | undefined {
    if (this.#unread.startsWith('\r\n', start)) return { framing: 'chunked', text, end: start + 2 };
    const end = this.#unread.indexOf('\r\n\r\n', start);
    if (end === -1) return undefined;
    const trailerLines = this.#unread.slice(start, end).split('\r\n');
    for (const line of trailerLines) checkFieldLine(line);
    return { framing: 'chunked', text, end: end + 4, trailerLines };
  }
}

function checkFieldLine(line: string): void {
  if (!/^[!#$%&'*+.^_`|~\w-]+:(?![^]*[\r\n\0])/.test(line))
    throw new AnswerFault(`not a field line: ${JSON.stringify(line)}`);
}
