// The server's end of connections in memory: reads requests, writes down what it read, and answers as the test says.
import type { Transport } from '#src/io/index.js';

/** A request as it came, its head as text; bodies are not looked at. */
export interface PeerRequest {
  readonly connection: number;
  readonly method: string;
  readonly target: string;
  /** The value of the field, undefined where it was not sent; joined where it was sent twice. */
  field(name: string): string | undefined;
}

/** What a test answers: the bytes of a response, or `ok` for an empty one, or nothing. */
export type Answerer = (request: PeerRequest) => string | undefined;

/** An empty response with these field lines. */
export function ok(...lines: string[]): string {
  return respond(200, ...lines);
}

export function respond(status: number, ...lines: string[]): string {
  return `HTTP/1.1 ${status} X\r\n${[...lines, 'Content-Length: 0'].map((line) => `${line}\r\n`).join('')}\r\n`;
}

/** See the head of the file. `requests` is filled. */
export function answeringPeer(
  answer: Answerer,
  requests: PeerRequest[] = [],
): (transport: Transport, connection: number) => void {
  return (transport, connection) => {
    let received = '';
    transport.attach({
      onTransportData(bytes) {
        received += bytes.toString('latin1');
        for (let end = received.indexOf('\r\n\r\n'); end !== -1; end = received.indexOf('\r\n\r\n')) {
          const request = readRequest(received.slice(0, end), connection);
          received = received.slice(end + 4);
          requests.push(request);
          const response = answer(request);
          if (response !== undefined) transport.write(response);
        }
      },
      onTransportEnd: () => transport.end(),
      onTransportDrain() {},
      onTransportClosed() {},
    });
  };
}

function readRequest(head: string, connection: number): PeerRequest {
  const [requestLine = '', ...lines] = head.split('\r\n');
  const [method = '', target = ''] = requestLine.split(' ');
  const fields = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ]);
  return {
    connection,
    method,
    target,
    field: (name) => {
      const values = fields.filter(([each]) => each === name).map(([, value]) => value);
      return values.length === 0 ? undefined : values.join(' & ');
    },
  };
}
