// An origin over sockets that writes down its requests, and answers each with its method and target, at once or when the test says so.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { identity } from '../io/opening.ts';

/** An origin, and every request that reached it. */
export interface Origin {
  readonly url: string;
  readonly requests: http.IncomingMessage[];
  /** Holds answers back until it is called; called already unless the test asks. */
  release(): void;
}

/** Ends with the test. `certificateName` is a file of test/io/fixtures. */
export async function startOrigin(
  context: TestContext,
  { secure = false, holds = false, certificateName = 'localhost' } = {},
): Promise<Origin> {
  const requests: http.IncomingMessage[] = [];
  const held: (() => void)[] = [];
  let isHolding = holds;
  const answer = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    requests.push(request);
    const text = `${request.method} ${request.url}`;
    if (isHolding) held.push(() => response.end(text));
    else response.end(text);
  };
  const server = secure ? https.createServer(identity(certificateName), answer) : http.createServer(answer);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    release() {
      isHolding = false;
      for (const release of held.splice(0)) release();
    },
  };
}
