// What a listener sees of its messages, in order, is what node:http shows: the same listener runs on both and the logs are compared.
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { RequestListener } from '#src/adapters/node/index.js';
import { RawConnection } from '../support/raw-client.js';
import { ENGINES, get, listen, post } from './engines.js';
import type { Engine } from './engines.js';

/** What the messages of one exchange told, each in its own list: how those of different messages meet is a matter of timing. */
interface Log {
  readonly request: string[];
  readonly response: string[];
  readonly socket: string[];
}

function requestState(request: IncomingMessage): string {
  const { complete, aborted, destroyed, readableEnded } = request;
  return `complete ${complete}, aborted ${aborted}, destroyed ${destroyed}, ended ${readableEnded}`;
}

function responseState(response: ServerResponse): string {
  const { headersSent, finished, writableEnded, destroyed, closed, socket } = response;
  return `sent ${headersSent}, finished ${finished} ${writableEnded}, destroyed ${destroyed} ${closed}, socket ${socket !== null}`;
}

function watch(request: IncomingMessage, response: ServerResponse): Log {
  const log: Log = { request: [], response: [], socket: [] };
  for (const event of ['end', 'aborted', 'close', 'timeout'])
    request.on(event, () => log.request.push(`${event}: ${requestState(request)}`));
  for (const event of ['socket', 'pipe', 'prefinish', 'finish', 'close', 'drain', 'timeout'])
    response.on(event, () => log.response.push(`${event}: ${responseState(response)}`));
  request.on('error', (error: NodeJS.ErrnoException) => log.request.push(`error ${error.code} ${error.message}`));
  response.on('error', (error: NodeJS.ErrnoException) => log.response.push(`error ${error.code}`));
  request.socket.on('close', () => log.socket.push('close'));
  return log;
}

/** Unlike once() of Node.js, whatever else the message tells. */
function closeOf(message: IncomingMessage | ServerResponse): Promise<void> {
  return new Promise((resolve) => message.once('close', resolve));
}

/** One exchange: how it is answered, what the client does, and after which event it is over. */
interface Scenario {
  readonly listener: (request: IncomingMessage, response: ServerResponse, log: Log) => unknown;
  readonly client: (connection: RawConnection) => unknown;
  /** Default: the response's `close`, and the request's. */
  readonly over?: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;
}

async function run(t: TestContext, engine: Engine, scenario: Scenario): Promise<Log> {
  let begun = (_messages: [IncomingMessage, ServerResponse, Log]): void => {};
  const messages = new Promise<[IncomingMessage, ServerResponse, Log]>((resolve) => {
    begun = resolve;
  });
  const listener: RequestListener = (request, response) => {
    const log = watch(request, response);
    begun([request, response, log]);
    return scenario.listener(request, response, log);
  };
  const { port } = await listen(t, engine, listener);
  const connection = await RawConnection.open(port);
  t.after(() => connection.destroy());
  const client = scenario.client(connection);
  const [request, response, log] = await messages;
  const closed = [request, response].map((message) => (message.closed ? Promise.resolve() : closeOf(message)));
  await (scenario.over?.(request, response) ?? Promise.all(closed));
  await client;
  await new Promise(setImmediate);
  return log;
}

/** The events and the state at each of them. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'an answer at once': {
    listener: (_request, response) => void response.end('hello'),
    client: (connection) => connection.write(get('/')),
  },
  'an answer without a body': {
    listener: (_request, response) => void response.writeHead(204).end(),
    client: (connection) => connection.write(get('/')),
  },
  'an answer to HEAD': {
    listener: (_request, response) => void response.end('not sent'),
    client: (connection) => connection.write(get('/', '', 'HEAD')),
  },
  'an answer in a later turn': {
    listener: (_request, response) => void setImmediate(() => response.end('hello')),
    client: (connection) => connection.write(get('/')),
  },
  'an answer in pieces': {
    listener: (_request, response) => {
      response.write('a');
      setImmediate(() => {
        response.write('b');
        setImmediate(() => response.end('c'));
      });
    },
    client: (connection) => connection.write(get('/')),
  },
  'a body that is read': {
    listener: (request, response) => {
      request.resume();
      request.on('end', () => response.end('done'));
    },
    client: (connection) => connection.write(post('/', 'x'.repeat(1000))),
  },
  'a body in chunks with trailers': {
    listener: (request, response, log) => {
      request.resume();
      request.on('end', () => {
        log.request.push(JSON.stringify([request.trailers, request.rawTrailers]));
        response.end('done');
      });
    },
    client: (connection) =>
      connection.write(
        `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\nX-sum: 2\r\n\r\n`,
      ),
  },
  'a body that nobody reads': {
    listener: (_request, response) => void setImmediate(() => response.end('done')),
    client: (connection) => connection.write(post('/', 'x'.repeat(1000))),
  },
  'a client that leaves before the answer': {
    listener: (request) => void request.resume(),
    client: async (connection) => {
      connection.write(get('/'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      connection.reset();
    },
  },
  'a client that ends its side before the answer': {
    listener: (request) => void request.resume(),
    client: async (connection) => {
      connection.write(get('/'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      connection.end();
    },
  },
  'a client that ends its side in the middle of the answer': {
    listener: (request, response) => {
      request.resume();
      response.write('a');
    },
    client: async (connection) => {
      connection.write(get('/'));
      await connection.readUntil('\r\n\r\n');
      connection.end();
    },
  },
  'a client that leaves in the middle of its body': {
    listener: (request) => void request.resume(),
    client: async (connection) => {
      connection.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      connection.reset();
    },
  },
  'a client that leaves in the middle of the answer': {
    listener: (request, response) => {
      request.resume();
      response.write('a');
    },
    client: async (connection) => {
      connection.write(get('/'));
      await connection.readUntil('\r\n\r\n');
      connection.reset();
    },
  },
  'a response that is destroyed': {
    listener: (request, response) => {
      request.resume();
      setImmediate(() => response.destroy());
    },
    client: (connection) => connection.write(get('/')),
  },
  'a response that is destroyed with an error': {
    listener: (request, response) => {
      request.resume();
      setImmediate(() => response.destroy(new Error('no more')));
    },
    client: (connection) => connection.write(get('/')),
  },
  'a request that is destroyed': {
    listener: (request) => void setImmediate(() => request.destroy()),
    client: (connection) => connection.write(post('/', 'abc').replace('3', '4')),
  },
  'a socket that is destroyed': {
    listener: (request) => void setImmediate(() => request.socket.destroy()),
    client: (connection) => connection.write(get('/')),
  },
  'a write after the end': {
    listener: (_request, response, log) => {
      response.end('done');
      response.on(
        'finish',
        () => void response.write('too late', (error) => log.response.push(`write ${error?.name}`)),
      );
    },
    client: (connection) => connection.write(get('/')),
  },
};

void describe('The events of perdura/node are those of node:http:', () => {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    void test(name, { timeout: 10_000 }, async (t) => {
      const logs: Log[] = [];
      for (const engine of ENGINES) logs.push(await run(t, engine, scenario));
      assert.deepEqual(logs[1], logs[0]);
      assert.notEqual(logs[0]!.response.length + logs[0]!.request.length, 0);
    });
  }
});
