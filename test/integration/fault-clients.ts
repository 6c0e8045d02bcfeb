// The clients that are compared under faults, each behind the same two functions and with the options that its users have by default,
// but for keep-alive, which is on, and a deadline for answers.
import http from 'node:http';
import KeepAliveAgent from 'agentkeepalive';
import { got } from 'got';
import { Pool } from 'undici';
import { Session } from '#src/client/index.js';

/** An answer as far as it is compared. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One client, for one origin. */
export interface FaultClient {
  /** `body` is undefined for GET. Rejects where the client gives up. */
  send(method: string, path: string, body: string | undefined): Promise<Answer>;
  close(): unknown;
}

/** How long an answer is waited for. */
const ANSWER_MS = 2_000;

function perdura(url: string): FaultClient {
  const session = new Session({ baseUrl: url, timeouts: { headersMs: ANSWER_MS, bodyMs: ANSWER_MS } });
  return {
    async send(method, path, body) {
      const response = await session.request(path, { method, ...(body !== undefined && { body }) });
      return { status: response.status, text: await response.body.text() };
    },
    close: () => session.destroy(),
  };
}

function undiciPool(url: string): FaultClient {
  const pool = new Pool(new URL(url).origin, { headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS });
  return {
    async send(method, path, body) {
      const response = await pool.request({ method, path, ...(body !== undefined && { body }) });
      return { status: response.statusCode, text: await response.body.text() };
    },
    close: () => pool.destroy(),
  };
}

function globalFetch(url: string): FaultClient {
  return {
    async send(method, path, body) {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const response = await fetch(new URL(path, url), { method, signal, ...(body !== undefined && { body }) });
      return { status: response.status, text: await response.text() };
    },
    close: () => {},
  };
}

function nodeHttp(url: string, agent: http.Agent): FaultClient {
  return {
    send: (method, path, body) =>
      new Promise((resolve, reject) => {
        const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
        const request = http.request(new URL(path, url), { method, agent, headers }, (response) => {
          const pieces: Buffer[] = [];
          response.on('data', (piece: Buffer) => pieces.push(piece));
          response.on('end', () => resolve({ status: response.statusCode!, text: Buffer.concat(pieces).toString() }));
          response.on('error', reject);
        });
        request.setTimeout(ANSWER_MS, () => request.destroy(new Error('no answer')));
        request.on('error', reject);
        request.end(body);
      }),
    close: () => agent.destroy(),
  };
}

function gotClient(url: string): FaultClient {
  const agent = new http.Agent({ keepAlive: true });
  return {
    async send(method, path, body) {
      const response = await got(new URL(path, url), {
        method: method as 'GET',
        agent: { http: agent },
        throwHttpErrors: false,
        timeout: { response: ANSWER_MS },
        ...(body !== undefined && { body }),
      });
      return { status: response.statusCode, text: response.body };
    },
    close: () => agent.destroy(),
  };
}

/** Every client by its name, perdura first. */
export const FAULT_CLIENTS: Readonly<Record<string, (url: string) => FaultClient>> = {
  perdura,
  'undici Pool': undiciPool,
  fetch: globalFetch,
  'http.Agent': (url) => nodeHttp(url, new http.Agent({ keepAlive: true })),
  agentkeepalive: (url) => nodeHttp(url, new KeepAliveAgent()),
  got: gotClient,
};
