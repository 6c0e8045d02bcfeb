// perdura with its `fetch` handler, or with its plain one.
// Arguments: fetch | handler [trace] [idle MILLISECONDS]
import { Response, serve } from '#src/server/index.js';
import type { ServeOptions } from '#src/server/index.js';
import { answerParent } from '../process/answer-parent.ts';

const [style, ...words] = process.argv.slice(2);
const idleAt = words.indexOf('idle');
let traced = 0;

const options: ServeOptions = {
  port: 0,
  limits: { connections: Infinity },
  ...(style === 'fetch'
    ? { fetch: () => new Response('ok\n') }
    : { handler: () => ({ headers: { 'content-type': 'text/plain;charset=UTF-8' }, body: 'ok\n' }) }),
  ...(idleAt === -1 ? {} : { keepAliveTimeoutMs: Number(words[idleAt + 1]), keepAliveGraceMs: 0 }),
  ...(words.includes('trace') ? { trace: () => void (traced += 1) } : {}),
};
const server = await serve(options);
answerParent(server.port, { traced: () => traced });
