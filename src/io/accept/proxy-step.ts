// The PROXY protocol as a step of accepting: the header of a trusted proxy is taken off before TLS or HTTP see a byte. What it says is
// read by src/http/proxy-protocol.ts; who must send one is decided by whoever makes the step.
import { readProxyHeader } from '../../http/proxy-protocol.ts';
import type { ReadProxyHeader } from '../../http/proxy-protocol.ts';
import { formatRemote } from '../socket-transport.ts';
import type { AcceptStep, PendingConnection } from './pending-connection.ts';

/** See the head of the file. */
export class ProxyStep implements AcceptStep {
  readonly #isExpected: (remote: string) => boolean;

  /** `isExpected` tells of a peer, as `address:port`, whether it sends a header on each of its connections. */
  constructor(isExpected: (remote: string) => boolean) {
    this.#isExpected = isExpected;
  }

  begin(connection: PendingConnection): void {
    if (!this.#isExpected(connection.remote)) {
      connection.proceed();
      return;
    }
    const { socket } = connection;
    // Headers come in one piece but for those that somebody cuts on purpose.
    let held: Buffer | undefined;
    // Not 'data': a socket that was read with it has to be paused to be given back to, and its next reader would have to know that.
    const onReadable = (): void => {
      const piece = socket.read() as Buffer | null;
      if (piece === null) return;
      const bytes = held === undefined ? piece : Buffer.concat([held, piece]);
      const found = tryRead(bytes);
      if (found === undefined) {
        held = bytes;
        return;
      }
      socket.off('readable', onReadable);
      if (found === 'bad') connection.refuse({ reason: 'badProxyHeader' });
      else pass(connection, found, bytes);
    };
    socket.on('readable', onReadable);
  }
}

function tryRead(bytes: Buffer): ReadProxyHeader | undefined | 'bad' {
  try {
    return readProxyHeader(bytes);
  } catch {
    // What is wrong with it was not for us to say, and nothing that the peer sent belongs into a log.
    return 'bad';
  }
}

function pass(connection: PendingConnection, { header, bytes }: ReadProxyHeader, read: Buffer): void {
  if (read.length > bytes) connection.socket.unshift(read.subarray(bytes));
  const { source, destination, secure } = header;
  connection.proxied = { via: connection.remote, destination, secure };
  if (source !== undefined) connection.remote = formatRemote(source.address, source.port);
  connection.proceed();
}
