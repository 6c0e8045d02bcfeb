// A primary process of its own, for tests that kill it. Prints where its workers are once they are ready.
import { fileURLToPath } from 'node:url';
import { startWorkers } from '#src/workers/index.js';

const program = fileURLToPath(new URL('worker-program.js', import.meta.url));
const workers = startWorkers({ program, args: ['drainMs=4000'], workers: 2 });
await workers.ready;
console.log(JSON.stringify({ port: workers.port, pids: workers.list().map(({ pid }) => pid) }));
