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

describe('sending out of order', () => {
  test('a request waits for the end of the body before it', () => {
    const { wire } = connect('client');
    const first = wire.sendRequest('POST', '/', 'Host: a\r\n', CHUNKED_BODY, false);
    const send = (): Exchange => wire.sendRequest('GET', '/', 'Host: a\r\n', NO_BODY, false);
    assert.throws(send, MisuseError);
    wire.sendEnd(first);
    assert.doesNotThrow(send);
  });

  test('an interim response waits for the responses before it', () => {
    const connected = connect('server');
    receive(connected, GET + GET);
    const [first, second] = connected.exchanges as [Exchange, Exchange];
    connected.wire.sendResponse(first, 200, '', { kind: 'length', length: 1 }, undefined);
    assert.throws(() => connected.wire.sendInterim(second, 103, ''), MisuseError);
    connected.wire.sendBody(first, Buffer.from('x'));
    connected.wire.sendEnd(first);
    connected.wire.sendInterim(second, 103, '');
    assert.match(connected.written, /\r\n\r\nxHTTP\/1\.1 103 /);
  });

  test('a response waits for the responses before it', () => {
    const connected = connect('server');
    receive(connected, GET + GET);
    const second = connected.exchanges[1]!;
    assert.throws(() => connected.wire.sendResponse(second, 200, '', NO_BODY, undefined), MisuseError);
    assert.equal(connected.written, '');
  });
});

describe('a body that is sent as a whole', () => {
  for (const { name, framing, body } of [
    { name: 'is not longer than announced', framing: { kind: 'length', length: 2 }, body: 'abc' },
    { name: 'is not shorter than announced', framing: { kind: 'length', length: 4 }, body: Buffer.from('abc') },
    { name: 'is not sent where none is announced', framing: NO_BODY, body: 'abc' },
    { name: 'is not sent bare where chunks are announced', framing: CHUNKED_BODY, body: 'abc' },
  ] satisfies { name: string; framing: BodyFraming; body: string | Buffer }[]) {
    test(name, () => {
      const server = connect('server');
      receive(server, GET);
      const respond = (): void => server.wire.sendResponse(server.exchanges[0]!, 200, '', framing, undefined, body);
      assert.throws(respond, MisuseError);
      const client = connect('client');
      assert.throws(() => client.wire.sendRequest('POST', '/', 'Host: a\r\n', framing, false, body), MisuseError);
      assert.equal(server.written + client.written, '', 'nothing was written');
      assert.equal(client.wire.oldest, undefined, 'no exchange was opened');
    });
  }

  test('goes out with its head, up to the end of the connection or with its length', () => {
    const server = connect('server');
    receive(server, GET + GET);
    const [first, second] = server.exchanges as [Exchange, Exchange];
    server.wire.sendResponse(first, 200, '', { kind: 'length', length: 3 }, undefined, 'abc');
    server.wire.sendResponse(second, 200, '', BODY_UNTIL_CLOSE, 'bodyUntilClose', Buffer.from('def'));
    assert.equal(server.written, 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\ndef');
    assert.equal(server.wire.persistence, 'closed');
  });
});

describe('a body that is sent in pieces', () => {
  test('is neither longer nor shorter than announced, and too much of it leaves nothing on the wire', () => {
    const connected = connect('server');
    receive(connected, GET);
    const exchange = connected.exchanges[0]!;
    const { wire } = connected;
    wire.sendResponse(exchange, 200, '', { kind: 'length', length: 3 }, undefined);
    wire.sendBody(exchange, Buffer.from('ab'));
    const before = connected.written;
    assert.throws(() => wire.sendBody(exchange, Buffer.from('cd')), MisuseError);
    assert.throws(() => wire.sendEnd(exchange), MisuseError);
    assert.equal(connected.written, before);
    wire.sendBody(exchange, Buffer.from('c'));
    wire.sendEnd(exchange);
    assert.equal(wire.oldest, undefined);
    assert.throws(() => wire.sendBody(exchange, Buffer.from('d')), MisuseError);
  });
});
