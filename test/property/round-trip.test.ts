// What one role writes the other reads: the same messages, however bodies are cut on one side and bytes on the other.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  BODY_UNTIL_CLOSE,
  CHUNKED_BODY,
  NO_BODY,
  WireConfiguration,
  WireConnection,
  formatFieldLines,
} from '#src/wire/index.js';
import type { BodyFraming, Exchange, FieldLines, WireOutput, WireRole, WireSink } from '#src/wire/index.js';
import { cuts, fieldName, fieldValue, pieces } from './message-arbitraries.ts';

interface Message {
  readonly start: string;
  readonly fields: readonly string[];
  readonly framing: BodyFraming['kind'];
  readonly body: readonly Buffer[];
  readonly trailers: readonly string[];
  /** The whole body goes out with the head. */
  readonly atOnce: boolean;
}

/** As it is read: the pieces of the body are one. */
interface ReadMessage {
  start: string;
  fields: string[];
  body: string;
  trailers: string[];
  ended: boolean;
}

const fieldList = fc
  .array(fc.tuple(fieldName, fieldValue), { maxLength: 5 })
  .map((fields) => fields.flatMap(([name, value]) => [name.toLowerCase(), value]));

const piece = fc.oneof(
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('', '\r\n', '0\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'x'.repeat(300)).map((text) => Buffer.from(text)),
);

function messageWith(start: fc.Arbitrary<string>, kinds: readonly BodyFraming['kind'][]): fc.Arbitrary<Message> {
  return fc
    .record({
      start,
      fields: fieldList,
      framing: fc.constantFrom(...kinds),
      body: fc.array(piece, { maxLength: 4 }),
      trailers: fieldList,
      atOnce: fc.boolean(),
    })
    .map((message) => ({
      ...message,
      body: message.framing === 'none' ? [] : message.body,
      trailers: message.framing === 'chunked' ? message.trailers : [],
      atOnce: message.atOnce && (message.framing === 'length' || message.framing === 'untilClose'),
    }));
}

const request = messageWith(fc.constantFrom('GET /', 'POST /a?b', 'PUT http://b.example/', 'OPTIONS *'), [
  'none',
  'length',
  'chunked',
]);
const response = messageWith(fc.constantFrom('200', '404', '500', '299'), ['length', 'chunked']);
const lastResponse = messageWith(fc.constantFrom('200', '503'), ['length', 'chunked', 'untilClose']);

function toFraming({ framing, body }: Message): BodyFraming {
  if (framing === 'length') return { kind: 'length', length: Buffer.concat(body).length };
  return framing === 'chunked' ? CHUNKED_BODY : framing === 'none' ? NO_BODY : BODY_UNTIL_CLOSE;
}

class Reader implements WireSink {
  readonly messages: ReadMessage[] = [];
  readonly exchanges: Exchange[] = [];

  onHead(head: Parameters<WireSink['onHead']>[0], exchange: Exchange): void {
    const start = head.kind === 'request' ? `${head.method} ${head.target}` : String(head.status);
    this.messages.push({ start, fields: head.lines.loadFields(), body: '', trailers: [], ended: false });
    this.exchanges.push(exchange);
  }

  onInterim(): void {
    assert.fail('no interim response was sent');
  }

  onBody(bytes: Buffer): void {
    this.messages.at(-1)!.body += bytes.toString('latin1');
  }

  onTrailers(lines: FieldLines): void {
    this.messages.at(-1)!.trailers = lines.loadFields();
  }

  onEnd(): void {
    this.messages.at(-1)!.ended = true;
  }

  onError(error: Error): void {
    throw error;
  }
}

class Output implements WireOutput {
  text = '';

  write(data: string | Uint8Array): void {
    this.text += typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
  }
}

function connect(role: WireRole): { wire: WireConnection; reader: Reader; output: Output } {
  const reader = new Reader();
  const output = new Output();
  return { wire: new WireConnection(role, new WireConfiguration(), reader, output), reader, output };
}

function finish(wire: WireConnection, exchange: Exchange, message: Message): void {
  if (message.framing === 'none' || message.atOnce) return;
  for (const each of message.body) wire.sendBody(exchange, each);
  wire.sendEnd(exchange, formatFieldLines(message.trailers));
}

/** Field lines that our side adds to those of the message. */
function framingFields(message: Message): string[] {
  if (message.framing === 'length') return ['content-length', String(Buffer.concat(message.body).length)];
  return message.framing === 'chunked' ? ['transfer-encoding', 'chunked'] : [];
}

function assertSame(read: readonly ReadMessage[], sent: readonly Message[], first: readonly string[]): void {
  assert.deepEqual(
    read,
    sent.map((message) => ({
      start: message.start,
      fields: [...first, ...message.fields, ...framingFields(message)],
      body: Buffer.concat(message.body).toString('latin1'),
      trailers: message.trailers,
      ended: true,
    })),
  );
}

describe('what one role writes', () => {
  test('the other reads as the same messages, and so do both agree that the connection persists', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(request, response), { minLength: 1, maxLength: 4 }),
        fc.option(fc.tuple(request, lastResponse), { nil: undefined }),
        cuts,
        (pairs, last, places) => {
          const client = connect('client');
          const server = connect('server');
          const all = last === undefined ? pairs : [...pairs, last];
          for (const [message] of all) {
            const [method, target] = message.start.split(' ') as [string, string];
            const framing = toFraming(message);
            const body = message.atOnce ? Buffer.concat(message.body) : undefined;
            const lines = `host: a\r\n${formatFieldLines(message.fields)}`;
            finish(client.wire, client.wire.sendRequest(method, target, lines, framing, false, body), message);
          }
          for (const bytes of pieces(client.output.text, places)) server.wire.receive(bytes);
          assertSame(
            server.reader.messages,
            all.map(([message]) => message),
            ['host', 'a'],
          );

          for (const [index, [, message]] of all.entries()) {
            const exchange = server.reader.exchanges[index]!;
            const framing = toFraming(message);
            const reason = server.wire.decideClose(exchange, undefined, framing.kind === 'untilClose', false);
            const body = message.atOnce ? Buffer.concat(message.body) : undefined;
            const lines = formatFieldLines(message.fields);
            server.wire.sendResponse(exchange, Number(message.start), lines, framing, reason, body);
            finish(server.wire, exchange, message);
          }
          for (const bytes of pieces(server.output.text, places)) client.wire.receive(bytes);
          if (server.wire.persistence === 'closed') client.wire.receiveEnd();
          assertSame(
            client.reader.messages,
            all.map(([, message]) => message),
            [],
          );
          assert.equal(client.wire.persistence, server.wire.persistence);
          assert.equal(client.wire.closeReason, server.wire.closeReason);
          assert.equal(client.wire.oldest, undefined);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
