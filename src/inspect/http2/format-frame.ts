// A frame of HTTP/2 in one line, for the story of a connection.
import { formatBytes, nameHttp2Error } from '../../http/index.ts';
import { readStatus } from './field-block.ts';
import { ACK, END_STREAM, contentOf } from './frames.ts';
import type { Frame } from './frames.ts';
import { formatSettings } from './settings.ts';

/** E.g. `GOAWAY NO_ERROR, last stream 1`, `DATA on stream 1, 612 bytes, END_STREAM`. */
export function formatFrame(frame: Pick<Frame, 'type' | 'typeCode' | 'flags' | 'stream' | 'payload'>): string {
  const { type, typeCode, flags, stream, payload } = frame;
  const isAck = (flags & ACK) !== 0;
  switch (type) {
    case 'SETTINGS':
      return isAck ? 'SETTINGS acknowledged' : `SETTINGS ${formatSettings(payload)}`.trimEnd();
    case 'PING':
      return isAck ? 'PING acknowledged' : 'PING';
    case 'GOAWAY': {
      const text = payload.subarray(8);
      const said = text.length === 0 ? '' : `, '${formatBytes(text)}'`;
      return `GOAWAY ${nameHttp2Error(payload.readUInt32BE(4))}, last stream ${payload.readUInt32BE(0) & 0x7f_ff_ff_ff}${said}`;
    }
    case 'RST_STREAM':
      return `RST_STREAM ${nameHttp2Error(payload.readUInt32BE(0))} on stream ${stream}`;
    case 'WINDOW_UPDATE':
      return `WINDOW_UPDATE ${payload.readUInt32BE(0)}${stream === 0 ? '' : ` on stream ${stream}`}`;
    case 'DATA':
    case 'HEADERS': {
      const status = type === 'HEADERS' ? readStatus(contentOf({ type, flags, payload })) : undefined;
      const said = status === undefined ? '' : `, status ${status}`;
      const end = (flags & END_STREAM) === 0 ? '' : ', END_STREAM';
      return `${type} on stream ${stream}${said}, ${payload.length} bytes${end}`;
    }
    default:
      return `${type ?? `frame of type ${typeCode}`} on stream ${stream}, ${payload.length} bytes`;
  }
}
