// An Express application as it is, on perdura: createServer() takes the place of the one of node:http. SIGTERM drains.
import express from 'express';
import { createServer } from 'perdura/node';

const app = express();
app.get('/', (request, response) => {
  response.send(`hello ${request.ip} over HTTP/${request.httpVersion}\n`);
});
app.post('/echo', express.json(), (request, response) => response.json({ got: request.body }));

const server = createServer({ drain: { drainMs: 10_000 } }, app);
server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
process.on('SIGTERM', () => server.close(() => console.log('drained')));
