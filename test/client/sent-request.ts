// What an OutgoingRequest is on the wire: its bytes, as a client's WireConnection writes them, and what a server's reads in them.
import { CHUNKED_BODY, NO_BODY, WireConfiguration, WireConnection } from '#src/wire/index.js';
import type { BodyFraming, Exchange, FieldLines, ProtocolError, RequestHead, WireSink } from '#src/wire/index.js';
import type { OutgoingBody, OutgoingRequest } from '#src/client/request/outgoing-request.js';
import { RequestEncoder } from '#src/client/request/encode-request.js';
import { resolveSessionOptions } from '#src/client/options.js';
import type { SessionOptions } from '#src/client/options.js';

/** The encoder of a session with these options. */
export function encoderOf(options: SessionOptions = {}, acceptEncoding?: string): RequestEncoder {
  const { baseUrl, headers } = resolveSessionOptions(options);
  return new RequestEncoder({ baseUrl, headers, acceptEncoding });
}

const configuration = new WireConfiguration({ headerBytes: 65_536, targetBytes: 65_536 });

const SILENT: WireSink = {
  onHead() {},
  onInterim() {},
  onBody() {},
  onTrailers() {},
  onEnd() {},
  onError() {},
};

function framingOf(body: OutgoingBody): BodyFraming {
  if (body.kind === 'none') return NO_BODY;
  const length = body.kind === 'whole' ? body.bytes.length : body.lengthBytes;
  return length === undefined ? CHUNKED_BODY : { kind: 'length', length };
}

/** Everything that goes out. */
export async function sentBytes(request: OutgoingRequest): Promise<Buffer> {
  const written: Buffer[] = [];
  const wire = new WireConnection('client', configuration, SILENT, {
    write: (data) => void written.push(typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data)),
  });
  const { method, target, fieldLines, body, close } = request;
  const whole = body.kind === 'whole' ? body.bytes : undefined;
  const exchange = wire.sendRequest(method, target, fieldLines, framingOf(body), close, whole);
  if (body.kind === 'pieces') {
    for (const piece of await readPieces(body)) wire.sendBody(exchange, piece);
    wire.sendEnd(exchange);
  }
  return Buffer.concat(written);
}

/** One attempt to send a body. */
export async function readPieces(body: OutgoingBody): Promise<Uint8Array[]> {
  if (body.kind === 'none') return [];
  if (body.kind === 'whole') return [Buffer.from(body.bytes as string)];
  const pieces: Uint8Array[] = [];
  const iterator = body.source.open();
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) pieces.push(next.value);
  return pieces;
}

/** The body of a request as text. */
export async function bodyText(request: OutgoingRequest): Promise<string> {
  return Buffer.concat(await readPieces(request.body)).toString();
}

/** A request as a server reads it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly target: string;
  /** Names in lower case and values in turn, without Host, Content-Length and Transfer-Encoding. */
  readonly fields: readonly string[];
  readonly host: string;
  body: string;
  ended: boolean;
}

const READ_APART: readonly string[] = ['host', 'content-length', 'transfer-encoding'];

/** Reads bytes as a server does. Throws where they are not well-formed requests. */
export function receiveRequests(bytes: Buffer): ReceivedRequest[] {
  const received: ReceivedRequest[] = [];
  const wire = new WireConnection(
    'server',
    configuration,
    {
      ...SILENT,
      onHead(head) {
        const { method, target, lines } = head as RequestHead;
        received.push({
          method,
          target,
          fields: fieldsOf(lines),
          host: lines.get('host') ?? '',
          body: '',
          ended: false,
        });
      },
      onBody: (piece: Buffer) => void (received.at(-1)!.body += piece.toString('latin1')),
      onEnd: () => void (received.at(-1)!.ended = true),
      onError(error: ProtocolError, _exchange: Exchange | undefined) {
        throw error;
      },
    },
    { write() {} },
  );
  wire.receive(bytes);
  return received;
}

function fieldsOf(lines: FieldLines): string[] {
  const list = lines.loadFields();
  return list.filter((_text, at) => !READ_APART.includes(list[at - (at % 2)]!));
}
