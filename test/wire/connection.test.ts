// What the owner of a WireConnection may do, and when: in callbacks, out of order, with bodies that do not fit.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MisuseError } from '#src/errors.js';
import {
  BODY_UNTIL_CLOSE,
  CHUNKED_BODY,
  NO_BODY,
  WireConfiguration,
  WireConnection,
  type BodyFraming,
  type Exchange,
  type WireRole,
  type WireSink,
} from '#src/wire/index.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const POST_HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
const CHUNKS = '3\r\nabc\r\n3\r\ndef\r\n0\r\nT: 1\r\n\r\n';

interface Connected {
  readonly wire: WireConnection;
  readonly exchanges: Exchange[];
  readonly calls: string[];
  written: string;
}

/** A connection with a sink that notes its calls; `react` may answer to them. */
function connect(role: WireRole, react: (call: string, connected: Connected) => void = () => {}): Connected {
  const note = (call: string): void => {
    connected.calls.push(call);
    react(call, connected);
  };
  const sink: WireSink = {
    onHead: (_head, exchange) => {
      connected.exchanges.push(exchange);
      note('head');
    },
    onInterim: () => note('interim'),
    onBody: (bytes) => note(`body ${bytes.length}`),
    onTrailers: () => note('trailers'),
    onEnd: () => note('end'),
    onError: (error) => note(`error ${error.fault}`),
  };
  const output = {
    write: (data: string | Uint8Array): void => {
      connected.written += typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
    },
  };
  const connected: Connected = {
    wire: new WireConnection(role, new WireConfiguration(), sink, output),
    exchanges: [],
    calls: [],
    written: '',
  };
  return connected;
}

function receive({ wire }: Connected, text: string): void {
  wire.receive(Buffer.from(text, 'latin1'));
}

describe('giving up reading within a callback', () => {
  for (const { name, giveUp } of [
    { name: 'failReading', giveUp: ({ wire }: Connected) => void wire.failReading('bodyNotConsumed') },
    { name: 'break', giveUp: ({ wire }: Connected) => wire.break('aborted') },
  ]) {
    test(`${name}: nothing of the same bytes is delivered behind it`, () => {
      const connected = connect('server', (call, self) => {
        if (call === 'body 3') giveUp(self);
      });
      receive(connected, POST_HEAD + CHUNKS + GET);
      assert.deepEqual(connected.calls, ['head', 'body 3']);
      receive(connected, GET);
      assert.deepEqual(connected.calls, ['head', 'body 3']);
    });

    test(`${name}: what is broken behind it is no error any more`, () => {
      const connected = connect('server', (call, self) => {
        if (call === 'body 3') giveUp(self);
      });
      receive(connected, `${POST_HEAD}3\r\nabc\r\nbroken`);
      connected.wire.receiveEnd();
      assert.deepEqual(connected.calls, ['head', 'body 3']);
    });
  }

  test('a client that breaks off in a chunk hears nothing of the rest', () => {
    const connected = connect('client', (call, { wire }) => {
      if (call === 'body 3') wire.break('aborted');
    });
    connected.wire.sendRequest('GET', '/', 'Host: a\r\n', NO_BODY, false);
    receive(connected, `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`);
    assert.deepEqual(connected.calls, ['head', 'body 3']);
    assert.equal(connected.wire.closeReason, 'aborted');
  });
});
