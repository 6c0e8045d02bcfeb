// Measures a server, one of its own that promises more than it keeps, and prints the report: `node examples/inspect.mjs`.
import { createServer } from 'node:http';
import { formatText, inspect } from 'perdura/inspect';

const liar = createServer((request, response) => {
  response.setHeader('Connection', 'keep-alive');
  response.setHeader('Keep-Alive', 'timeout=10');
  response.end('ok\n');
});
liar.keepAliveTimeout = 500;
await new Promise((resolve) => liar.listen(0, '127.0.0.1', resolve));

const url = `http://127.0.0.1:${liar.address().port}/`;
const report = await inspect(url, { maxWaitMs: 3_000, only: ['idle-timeout', 'request-limit'], maxRequests: 100 });
console.log(formatText(report));
console.log(report.verdict, report.measurements.advertisedTimeoutMs, report.measurements.idleTimeoutMs);
liar.close();
