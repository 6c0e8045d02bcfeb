// A server of a protocol of lines for tests: it greets, answers lines by a table, and remembers what it heard.
import type net from 'node:net';
import type { TestContext } from 'node:test';
import type tls from 'node:tls';
import { identity, listenTcp, tlsAcceptor } from '../../io/opening.ts';

/** What it says. */
export interface LineScript {
  readonly greeting?: string;
  /** By the line without its end; what is not in it is not answered. `null` ends the connection. */
  readonly answers: Readonly<Record<string, string | null>>;
  readonly isTls?: boolean;
}

/** One connection that it has. */
export interface LineConnection {
  readonly socket: net.Socket;
  /** Lines that it heard, and `FIN` at their end. */
  readonly heard: string[];
  /** By ALPN; false where the client asked for nothing. Undefined in clear. */
  readonly alpn: string | false | null | undefined;
}

export interface LineServer {
  readonly port: number;
  readonly connections: readonly LineConnection[];
}

/** Listens until the test ends. */
export async function serveLines(context: TestContext, script: LineScript): Promise<LineServer> {
  const connections: LineConnection[] = [];
  const talk = (socket: net.Socket | tls.TLSSocket): void => {
    const heard: string[] = [];
    connections.push({ socket, heard, alpn: 'alpnProtocol' in socket ? socket.alpnProtocol : undefined });
    let rest = '';
    socket.on('data', (bytes: Buffer) => {
      const lines = (rest + bytes.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        heard.push(line);
        const answer = script.answers[line];
        if (answer === null) socket.end();
        else if (answer !== undefined && socket.writable) socket.write(answer, 'latin1');
      }
    });
    socket.on('end', () => {
      heard.push('FIN');
      socket.end();
    });
    if (script.greeting !== undefined) socket.write(script.greeting);
  };
  const accept =
    script.isTls === true ? tlsAcceptor({ ...identity('self-signed'), ALPNProtocols: ['http/1.1'] }, talk) : talk;
  const { port } = await listenTcp(context, accept);
  return { port, connections };
}
