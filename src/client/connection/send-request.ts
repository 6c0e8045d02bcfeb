// Puts a request on the wire: its head with the fields of framing and persistence, and its body, whole or piece by piece.
import type { Clock } from '../../io/index.ts';
import { CHUNKED_BODY, NO_BODY } from '../../wire/index.ts';
import type { BodyFraming, WireConnection } from '../../wire/index.ts';
import type { OutgoingRequest, PieceSource } from '../request/outgoing-request.ts';
import type { RequestOutput } from './request-output.ts';
import { Upload } from './upload.ts';
import type { UploadOwner } from './upload.ts';

// A 1.0 server keeps the connection only if it is asked to (RFC 9112 §9.3), and which version a server speaks shows too late.
const KEEP_ALIVE = 'Connection: keep-alive\r\n';
const CLOSE = 'Connection: close\r\n';
const CONTINUE = 'Expect: 100-continue\r\n';

const EMPTY_BODY: BodyFraming = { kind: 'length', length: 0 };

/** RFC 9110 §8.6: a method that means something with a body says so where it has none. */
function framingWithoutBody(method: string): BodyFraming {
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? EMPTY_BODY : NO_BODY;
}

/** A body that is at hand, as a source. */
function wholeSource(bytes: string | Uint8Array): PieceSource {
  const piece = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  return {
    replayable: true,
    async *open(): AsyncGenerator<Uint8Array, void> {
      yield piece;
    },
  };
}

/** Sends it, and returns what sends the rest where not all could be sent at once. With `awaitContinue` the body waits for 100. */
export function sendRequest(
  outgoing: OutgoingRequest,
  wire: WireConnection,
  output: RequestOutput,
  owner: UploadOwner,
  awaitContinue: Clock | undefined,
): Upload | undefined {
  const { body, method, target, close } = outgoing;
  const lines = outgoing.fieldLines + (close ? CLOSE : KEEP_ALIVE);
  if (body.kind === 'none') {
    const framing = framingWithoutBody(method);
    wire.sendRequest(method, target, lines, framing, close, framing === EMPTY_BODY ? '' : undefined);
    return undefined;
  }
  const length = body.kind === 'whole' ? body.bytes.length : body.lengthBytes;
  const framing: BodyFraming = length === undefined ? CHUNKED_BODY : { kind: 'length', length };
  // RFC 9110 §10.1.1: no expectation where there is no content to wait with.
  const waitingClock = length === 0 ? undefined : awaitContinue;
  if (body.kind === 'whole' && waitingClock === undefined) {
    wire.sendRequest(method, target, lines, framing, close, body.bytes);
    return undefined;
  }
  const expectation = waitingClock === undefined ? '' : CONTINUE;
  const exchange = wire.sendRequest(method, target, lines + expectation, framing, close);
  const upload = new Upload(owner, wire, exchange, output, length);
  output.flush();
  // What goes out again on another connection needs its source untouched.
  if (!output.refused) upload.start(body.kind === 'whole' ? wholeSource(body.bytes) : body.source, waitingClock);
  return upload;
}
