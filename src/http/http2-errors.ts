// The errors of HTTP/2 by their codes (RFC 9113 §7).

/** In the order of their codes. */
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

export const NO_ERROR = 0;
export const CANCEL = 8;
export const ENHANCE_YOUR_CALM = 11;

/** The name of an error; `error 99` where it is not registered. */
export function nameHttp2Error(code: number): string {
  return ERROR_NAMES[code] ?? `error ${code}`;
}
