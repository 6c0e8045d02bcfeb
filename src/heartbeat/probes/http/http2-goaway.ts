// What GOAWAY says (RFC 9113 §6.8), in words.
import { formatBytes } from '../../../http/index.ts';

export const NO_ERROR = 0;
export const ENHANCE_YOUR_CALM = 11;

/** RFC 9113 §7, in the order of their codes. */
const ERROR_NAMES: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

/** More of the debug text is not shown. */
const MOST_TEXT_BYTES = 200;

/** E.g. `GOAWAY ENHANCE_YOUR_CALM, 'too_many_pings'`. */
export function describeGoaway(code: number, text: Uint8Array | undefined): string {
  const name = ERROR_NAMES[code] ?? `with error ${code}`;
  if (text === undefined || text.length === 0) return `GOAWAY ${name}`;
  return `GOAWAY ${name}, '${formatBytes(text.subarray(0, MOST_TEXT_BYTES))}'`;
}
