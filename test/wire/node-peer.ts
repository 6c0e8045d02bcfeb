// node:http as the other parser: its server and its client over streams in memory, strict (insecureHTTPParser: false).
import { createServer, request as sendRequest } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { Duplex } from 'node:stream';
import { emptyObservation } from './observation.ts';
import type { Observation, ObservedMessage } from './observation.ts';

class MemorySocket extends Duplex {
  written = '';

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written += chunk.toString('latin1');
    done();
  }
}

/** Everything that node:http does with bytes at hand happens before the next turn of the event loop, or the one after it. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

function observeMessage(observation: Observation, start: string, incoming: IncomingMessage): ObservedMessage {
  const message: ObservedMessage = {
    start: `${start} ${incoming.httpVersion}`,
    fields: incoming.rawHeaders,
    body: '',
    trailers: [],
    complete: false,
  };
  observation.messages.push(message);
  incoming.on('data', (bytes: Buffer) => {
    message.body += bytes.toString('latin1');
  });
  incoming.on('end', () => {
    message.complete = incoming.complete;
    message.trailers = incoming.rawTrailers;
  });
  incoming.on('error', () => {});
  return message;
}

function noteError(observation: Observation, error: Error & { code?: string; bytesParsed?: number }): void {
  // llhttp reports bytes behind the last message as an error; to us they are nothing at all, because the end was agreed on.
  if (error.code === 'HPE_CLOSED_CONNECTION') {
    observation.closed = true;
    return;
  }
  // Only the first says what was wrong; those after it are consequences.
  if (observation.error !== undefined) return;
  observation.error = error.code ?? error.message;
  observation.errorAt = error.bytesParsed ?? 0;
}

/** Lets a server of node:http read each of the texts on a connection of its own. */
export async function observeNodeServer(texts: readonly string[]): Promise<Observation[]> {
  const observations = new Map<Duplex, Observation>();
  const server: Server = createServer({ insecureHTTPParser: false });
  const onRequest = (incoming: IncomingMessage, answer: import('node:http').ServerResponse): void => {
    const observation = observations.get(incoming.socket)!;
    observeMessage(observation, `${incoming.method} ${incoming.url}`, incoming);
    incoming.on('end', () => {
      // What llhttp made of version and Connection tokens.
      if (!answer.shouldKeepAlive) observation.closed = true;
      answer.end();
    });
  };
  server.on('request', onRequest).on('checkContinue', onRequest).on('checkExpectation', onRequest);
  server.on('clientError', (error, socket) => {
    // Not destroyed yet: messages that came whole before the error are still on their way to their listeners.
    noteError(observations.get(socket)!, error);
  });
  const sockets = texts.map((text) => {
    const socket = new MemorySocket();
    observations.set(socket, emptyObservation());
    server.emit('connection', socket);
    socket.push(Buffer.from(text, 'latin1'));
    return socket;
  });
  await settled();
  for (const socket of sockets) {
    const observation = observations.get(socket)!;
    // Without Host node:http answers by itself and shows nobody the request.
    if (socket.written.includes('HTTP/1.1 400')) observation.error ??= 'HOST_REQUIRED';
    if (observation.error !== undefined) observation.closed = false;
    socket.destroy();
  }
  await settled();
  return [...observations.values()];
}

/** Lets a client of node:http, that has sent one request, read each of the texts, and then the end of the connection. */
export async function observeNodeClient(texts: readonly string[], method: string): Promise<Observation[]> {
  const peers = texts.map((text) => {
    const socket = new MemorySocket();
    const observation = emptyObservation();
    const request = sendRequest({ method, createConnection: () => socket, insecureHTTPParser: false });
    let final: IncomingMessage | undefined;
    // What is wrong behind the response is the business of nobody who has asked for one thing.
    const onError = (error: Error): void => {
      if (final?.complete !== true) noteError(observation, error);
    };
    request.on('information', ({ statusCode, statusMessage, httpVersion, rawHeaders }) => {
      const start = `${statusCode} ${statusMessage} ${httpVersion}`;
      observation.messages.push({ start, fields: rawHeaders, body: '', trailers: [], complete: true });
    });
    request.on('response', (incoming) => {
      final = incoming;
      observeMessage(observation, `${incoming.statusCode} ${incoming.statusMessage}`, incoming);
      incoming.on('error', onError);
    });
    request.on('error', onError);
    request.end();
    return { socket, observation, text };
  });
  await settled();
  for (const { socket, text } of peers) {
    if (text !== '') socket.push(Buffer.from(text, 'latin1'));
    socket.push(null);
  }
  await settled();
  for (const { socket } of peers) socket.destroy();
  await settled();
  return peers.map(({ observation }) => ({ ...observation, closed: false }));
}
