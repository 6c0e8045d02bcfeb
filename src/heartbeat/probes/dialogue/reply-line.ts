// Lines of a reply, as text protocols have them: up to CRLF, or up to LF alone, which some servers send.

/** A line without its end. */
export interface ReplyLine {
  /** One character a byte. */
  readonly text: string;
  /** Where the next line begins. */
  readonly endBytes: number;
}

/** Undefined where the line is not complete. */
export function readLine(received: Buffer, fromBytes = 0): ReplyLine | undefined {
  const lineFeed = received.indexOf(0x0a, fromBytes);
  if (lineFeed === -1) return undefined;
  const text = received.toString('latin1', fromBytes, lineFeed);
  return { text: text.endsWith('\r') ? text.slice(0, -1) : text, endBytes: lineFeed + 1 };
}
