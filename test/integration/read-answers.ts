// Takes the bytes that a server sent apart into answers. Strict about what a server must get right, and independent of the product's own reader.

/** One final answer. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly body: string;
  readonly closes: boolean;
  /** By lower-case name; lines of the same name joined with a comma. */
  readonly fields: ReadonlyMap<string, string>;
  /** Only where there were some behind the body. */
  readonly trailers?: ReadonlyMap<string, string>;
}

function readFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not a field line: ${JSON.stringify(line)}`);
    const before = fields.get(name.toLowerCase());
    fields.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return fields;
}

/** Reads answers from latin1 text that arrives in pieces. What is not an answer throws. */
export class AnswerReader {
  #unread = '';

  push(text: string): void {
    this.#unread += text;
  }

  /** The next whole answer; undefined where more bytes are needed. `ended`: no more will come. */
  next(isHead: boolean, ended: boolean): ReceivedAnswer | undefined {
    for (;;) {
      const headEnd = this.#unread.indexOf('\r\n\r\n');
      if (headEnd === -1) return undefined;
      const lines = this.#unread.slice(0, headEnd).split('\r\n');
      const status = Number(/^HTTP\/1\.1 ([1-9]\d\d) [ -~]*$/.exec(lines[0] ?? '')?.[1]);
      if (Number.isNaN(status)) throw new Error(`not a status line: ${JSON.stringify(lines[0])}`);
      if (status < 200) {
        this.#unread = this.#unread.slice(headEnd + 4);
        continue;
      }
      const fields = readFields(lines.slice(1));
      const body = this.#bodyAt(headEnd + 4, {
        isEmpty: isHead || status === 204 || status === 304,
        isChunked: fields.get('transfer-encoding') === 'chunked',
        length: fields.get('content-length'),
        ended,
      });
      if (body === undefined) return undefined;
      this.#unread = this.#unread.slice(body.end);
      const answer = { status, body: body.text, closes: fields.get('connection') === 'close', fields };
      return body.trailers === undefined ? answer : { ...answer, trailers: body.trailers };
    }
  }

  /** What arrived and is not part of an answer that was returned. */
  get rest(): string {
    return this.#unread;
  }

  #bodyAt(
    start: number,
    framing: { isEmpty: boolean; isChunked: boolean; length: string | undefined; ended: boolean },
  ): { text: string; end: number; trailers?: ReadonlyMap<string, string> } | undefined {
    if (framing.isEmpty) return { text: '', end: start };
    if (framing.isChunked) return this.#chunkedAt(start);
    if (framing.length === undefined) {
      return framing.ended ? { text: this.#unread.slice(start), end: this.#unread.length } : undefined;
    }
    const end = start + Number(framing.length);
    return this.#unread.length < end ? undefined : { text: this.#unread.slice(start, end), end };
  }

  #chunkedAt(start: number): { text: string; end: number; trailers?: ReadonlyMap<string, string> } | undefined {
    let text = '';
    for (let at = start; ;) {
      const lineEnd = this.#unread.indexOf('\r\n', at);
      if (lineEnd === -1) return undefined;
      const line = this.#unread.slice(at, lineEnd);
      if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`not a chunk size: ${JSON.stringify(line)}`);
      const size = Number.parseInt(line, 16);
      if (size === 0 && this.#unread.slice(lineEnd + 2, lineEnd + 4) !== '\r\n') {
        const trailersEnd = this.#unread.indexOf('\r\n\r\n', lineEnd);
        if (trailersEnd === -1) return undefined;
        const lines = this.#unread.slice(lineEnd + 2, trailersEnd).split('\r\n');
        return { text, end: trailersEnd + 4, trailers: readFields(lines) };
      }
      const dataEnd = lineEnd + 2 + size;
      if (this.#unread.length < dataEnd + 2) return undefined;
      if (this.#unread.slice(dataEnd, dataEnd + 2) !== '\r\n') throw new Error('a chunk does not end with CRLF');
      if (size === 0) return { text, end: dataEnd + 2 };
      text += this.#unread.slice(lineEnd + 2, dataEnd);
      at = dataEnd + 2;
    }
  }
}
