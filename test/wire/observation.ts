// What a parser made of some bytes, in a form in which two parsers can be compared. Ours is observed byte by byte.
import { WireConfiguration, WireConnection, NO_BODY } from '#src/wire/index.js';
import type { Exchange, FieldLines, ProtocolFault, RequestHead, ResponseHead, WireRole } from '#src/wire/index.js';

export interface ObservedMessage {
  /** `GET / 1.1` or `200 OK 1.1`. */
  readonly start: string;
  /** Names and values in turn, as they were sent. */
  readonly fields: readonly string[];
  body: string;
  trailers: readonly string[];
  complete: boolean;
}

export interface Observation {
  readonly messages: ObservedMessage[];
  /** What was wrong: the name that the parser has for it. Undefined where nothing was. */
  error: string | undefined;
  /** How many bytes had been looked at when it was found. */
  errorAt: number;
  /** Nothing further is read, although nothing was wrong. */
  closed: boolean;
}

export function emptyObservation(): Observation {
  return { messages: [], error: undefined, errorAt: 0, closed: false };
}

/** Where complete messages end, in bytes. */
export interface OurObservation extends Observation {
  readonly role: WireRole;
  /** What the client had asked. */
  readonly requestMethod: string;
  error: ProtocolFault | undefined;
  readonly ends: number[];
}

/** Reads bytes as a server, or as a client that has sent one request, and answers every request when it is complete. */
export function observeOurs(role: WireRole, text: string, fin: boolean, requestMethod = 'GET'): OurObservation {
  const observation: OurObservation = { ...emptyObservation(), role, requestMethod, error: undefined, ends: [] };
  let at = 0;
  const begin = (head: RequestHead | ResponseHead): void => {
    const start = head.kind === 'request' ? `${head.method} ${head.target}` : `${head.status} ${head.reason}`;
    observation.messages.push({
      start: `${start} 1.${head.minorVersion}`,
      fields: list(head.lines),
      body: '',
      trailers: [],
      complete: false,
    });
  };
  const end = (): void => {
    observation.messages.at(-1)!.complete = true;
    observation.ends.push(at);
  };
  const wire = new WireConnection(
    role,
    new WireConfiguration(),
    {
      onHead: begin,
      onInterim: (head) => {
        begin(head);
        end();
      },
      onBody: (bytes) => {
        observation.messages.at(-1)!.body += bytes.toString('latin1');
      },
      onTrailers: (lines) => {
        observation.messages.at(-1)!.trailers = list(lines);
      },
      onEnd: (exchange) => {
        end();
        if (role === 'server') answer(wire, exchange);
      },
      onError: ({ fault }) => {
        observation.error = fault;
        observation.errorAt = at;
      },
    },
    { write: () => {} },
  );
  if (role === 'client') wire.sendRequest(requestMethod, '/', 'Host: a\r\n', NO_BODY, false);
  const bytes = Buffer.from(text, 'latin1');
  for (at = 1; at <= bytes.length; at += 1) wire.receive(bytes.subarray(at - 1, at));
  at = bytes.length;
  if (fin) wire.receiveEnd();
  if (role === 'server') {
    observation.closed = observation.error === undefined && wire.persistence !== 'persistent';
  } else if (observation.error === 'unsolicitedBytes') {
    // A client of node:http reads one response and lets go of the connection, whatever is behind it.
    observation.error = undefined;
  }
  return observation;
}

function answer(wire: WireConnection, exchange: Exchange): void {
  wire.sendResponse(
    exchange,
    200,
    'content-length: 0\r\n',
    NO_BODY,
    wire.decideClose(exchange, undefined, false, false),
  );
}

function list(lines: FieldLines): string[] {
  return Array.from({ length: lines.count }, (_, index) => [lines.name(index), lines.value(index)]).flat();
}
