// undici's Pool, its fastest way that answers with a body of text.
import { Pool } from 'undici';
import { JSON_BODY, runClient } from './client-task.ts';
import type { ClientPlan } from './client-task.ts';

const POST = { path: '/', method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON_BODY } as const;

function open({ url, connections, depth }: ClientPlan): Pool {
  return new Pool(url, { connections, pipelining: depth });
}

runClient({
  request: (plan) => {
    const pool = open(plan);
    return async () => {
      const { body } = await pool.request({ path: '/', method: 'GET' });
      return (await body.text()).length;
    };
  },
  post: (plan) => {
    const pool = open(plan);
    return async () => {
      const { body } = await pool.request(POST);
      return (await body.text()).length;
    };
  },
  once: (plan) => {
    const pool = open(plan);
    return async () => {
      const { body } = await pool.request({ path: '/once', method: 'GET', reset: true });
      return (await body.text()).length;
    };
  },
  download: (plan) => {
    const pool = open(plan);
    return async () => {
      let bytes = 0;
      const { body } = await pool.request({ path: '/large', method: 'GET' });
      for await (const piece of body) bytes += (piece as Buffer).length;
      return bytes;
    };
  },
});
