// Interim responses (RFC 9110 §15.2) that a listener sends: writeContinue, writeProcessing, writeEarlyHints.
import type { HandlerContext } from '../../server/handler.ts';
import { parseTrailerLines } from './trailer-lines.ts';

/** Sends the response that the bytes, as Node.js made them, say. Where none can be sent any more, none is. */
export function sendInterim(context: HandlerContext, text: string): void {
  const status = Number(/^HTTP\/1\.1 (1\d\d) /.exec(text)?.[1]);
  if (Number.isNaN(status)) return;
  const lines = text.slice(text.indexOf('\r\n') + 2);
  context.sendInformational(status, parseTrailerLines(lines));
}
