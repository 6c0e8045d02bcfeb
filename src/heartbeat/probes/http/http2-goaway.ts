// What GOAWAY says (RFC 9113 §6.8), in words.
import { formatBytes, nameHttp2Error } from '../../../http/index.ts';

/** More of the debug text is not shown. */
const MOST_TEXT_BYTES = 200;

/** E.g. `GOAWAY ENHANCE_YOUR_CALM, 'too_many_pings'`. */
export function describeGoaway(code: number, text: Uint8Array | undefined): string {
  const name = nameHttp2Error(code);
  if (text === undefined || text.length === 0) return `GOAWAY ${name}`;
  return `GOAWAY ${name}, '${formatBytes(text.subarray(0, MOST_TEXT_BYTES))}'`;
}
