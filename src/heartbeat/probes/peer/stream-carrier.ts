// A stream of Node.js in the place of a transport, as far as signals between peers need one: what is left of an HTTP connection after
// an upgrade or a CONNECT, a WebSocket as a stream, a pipe.
import type { Duplex } from 'node:stream';
import type { Transport } from '../../../io/transport.ts';

/** What signals are carried by: a {@link Transport}, or what these few of its methods are made of. */
export type SignalCarrier = Pick<
  Transport,
  'remote' | 'attach' | 'write' | 'end' | 'destroy' | 'pause' | 'resume' | 'setIdle'
>;

/** The carrier over a stream that nobody else reads. */
export function carrierOf(stream: Duplex): SignalCarrier {
  return {
    remote: '',
    attach: (sink) => {
      let failure: Error | undefined;
      stream.on('data', (bytes: Buffer) => sink.onTransportData(bytes));
      stream.on('end', () => sink.onTransportEnd());
      stream.on('drain', () => sink.onTransportDrain());
      stream.on('error', (error: Error) => {
        failure = error;
      });
      stream.on('close', () => sink.onTransportClosed(failure));
    },
    write: (data) => (typeof data === 'string' ? stream.write(data, 'latin1') : stream.write(data)),
    end: () => void stream.end(),
    destroy: () => void stream.destroy(),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    // Sockets can be let go of, and hold the process otherwise.
    setIdle: (isIdle) => {
      const { ref, unref } = stream as { ref?: () => void; unref?: () => void };
      if (!stream.destroyed) (isIdle ? unref : ref)?.call(stream);
    },
  };
}
