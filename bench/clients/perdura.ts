// perdura's session. The tasks that end in `Unguarded`, `Unheld` and `Unwatched` are for the price of its precautions.
import { systemClock } from '#src/io/index.js';
import type { PollWatch } from '#src/io/index.js';
import { Session } from '#src/client/index.js';
import type { SessionOptions } from '#src/client/index.js';
import { JSON_BODY, runClient } from './client-task.ts';
import type { ClientPlan, ClientTask } from './client-task.ts';

const POST = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON_BODY };

/** What can be switched off by options: no second attempt is prepared, and a used connection is as good as a new one. */
const UNGUARDED: SessionOptions = { hedgeStale: 'never', maxRetries: 0, nonIdempotent: 'reuse', holdBack: 'never' };

/** What stays of the precautions for a POST where its last byte does not wait for a sign of life. */
const UNHELD: SessionOptions = { holdBack: 'never' };

const NO_WATCH: PollWatch = { mark: () => 0, polledSince: () => true, unpolledMs: () => 0, stop: () => {} };

/** The machine's clock, but nobody follows when sockets were last looked at. */
const UNWATCHED: SessionOptions = { clock: { ...systemClock, watchPolls: () => NO_WATCH } };

function open({ url, connections, depth }: ClientPlan, options: SessionOptions = {}): Session {
  return new Session({ baseUrl: url, limits: { perOrigin: connections }, pipelining: depth, ...options });
}

function get(session: Session, path: string): ClientTask {
  return async () => {
    const { body } = await session.request(path);
    return (await body.text()).length;
  };
}

function post(session: Session): ClientTask {
  return async () => {
    const { body } = await session.request('/', POST);
    return (await body.text()).length;
  };
}

runClient({
  request: (plan) => get(open(plan), '/'),
  requestUnguarded: (plan) => get(open(plan, UNGUARDED), '/'),
  requestUnwatched: (plan) => get(open(plan, UNWATCHED), '/'),
  post: (plan) => post(open(plan)),
  postUnheld: (plan) => post(open(plan, UNHELD)),
  postUnguarded: (plan) => post(open(plan, UNGUARDED)),
  fetch: (plan) => {
    const session = open(plan);
    return async () => (await (await session.fetch('/')).text()).length;
  },
  once: (plan) => {
    const session = open(plan);
    const close = { headers: { connection: 'close' } };
    return async () => {
      const { body } = await session.request('/once', close);
      return (await body.text()).length;
    };
  },
  download: (plan) => {
    const session = open(plan);
    return async () => {
      let bytes = 0;
      const { body } = await session.request('/large');
      for await (const piece of body) bytes += piece.length;
      return bytes;
    };
  },
});
