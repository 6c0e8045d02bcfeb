// What one connection is sent: requests as parts that can be taken away one by one, and in what pieces their bytes go out. One character a byte.

/** A request, whole or broken. All parts are bytes as they are sent, line ends included. */
export interface WireRequest {
  /** Empty lines and the like before it. */
  readonly before: string;
  readonly line: string;
  readonly fields: readonly string[];
  /** The empty line, or what stands for it. */
  readonly headEnd: string;
  readonly body: string;
}

export interface WireStream {
  readonly requests: readonly WireRequest[];
  /** Where the bytes are cut into pieces that are sent one after the other; in order. */
  readonly cuts: readonly number[];
  /** Whether FIN follows the last byte. */
  readonly endsAfter: boolean;
}

export function formatRequest({ before, line, fields, headEnd, body }: WireRequest): string {
  return `${before}${line}${fields.join('')}${headEnd}${body}`;
}

export function formatStream(stream: WireStream): string {
  return stream.requests.map(formatRequest).join('');
}

/** The bytes in the pieces that they are sent in; none is empty. */
export function cutStream(stream: WireStream): Buffer[] {
  const bytes = Buffer.from(formatStream(stream), 'latin1');
  const cuts = [0, ...stream.cuts.filter((cut) => cut < bytes.length), bytes.length];
  return cuts.slice(1).flatMap((end, index) => {
    const start = cuts[index] ?? 0;
    return end > start ? [bytes.subarray(start, end)] : [];
  });
}
