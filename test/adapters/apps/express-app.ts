// An Express application that uses what applications commonly use. It stands for many: the same one runs on both servers.
import path from 'node:path';
import { Readable } from 'node:stream';
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';

// Compiled, this file is build/test/adapters/apps/express-app.js.
export const SITE: string = path.resolve(import.meta.dirname, '../../../../examples/site');

/** What the body parsers take. */
export const BODY_LIMIT_BYTES = 10_000;

export function expressApp(): Express {
  const app = express();
  app.set('trust proxy', 'loopback');
  app.use('/site', express.static(SITE, { maxAge: '1h' }));
  app.get('/', (_request, response) => void response.send('hello'));
  app.get('/users/:id', (request, response) => void response.json({ id: request.params.id, query: request.query }));
  app.get('/buffer', (_request, response) => void response.send(Buffer.from([0, 1, 2, 250])));
  app.get('/page', (_request, response) => void response.send('<p>Grüße</p>'));
  app.get('/status/:code', (request, response) => void response.sendStatus(Number(request.params.code)));
  app.get('/empty', (_request, response) => void response.status(204).end());
  app.get('/moved', (_request, response) => response.redirect('/elsewhere'));
  app.get('/moved-for-good', (_request, response) => response.redirect(308, 'https://example.com/?a=b'));
  app.get('/cookies', (_request, response) => {
    response.cookie('a', '1', { httpOnly: true, maxAge: 0, expires: new Date(0) });
    response.cookie('b', 'x y').clearCookie('c').append('Link', ['</a>', '</b>']).send('set');
  });
  app.get('/file', (_request, response) => response.sendFile(path.join(SITE, 'index.html')));
  app.get('/attachment', (_request, response) => void response.attachment('naïve.txt').send('saved'));
  app.get('/vary', (request, response) => {
    response.format({
      'text/plain': () => void response.send('plain'),
      'application/json': () => void response.json({ wanted: request.accepts('json') }),
    });
  });
  app.get('/stream', (_request, response) => {
    response.type('text');
    Readable.from(['one ', 'two ', 'three']).pipe(response);
  });
  app.get('/pieces', (_request, response) => {
    response.set('X-Accel-Buffering', 'no');
    response.write('first,');
    setImmediate(() => response.end('second'));
  });
  app.get('/length', (_request, response) => {
    response.writeHead(200, { 'Content-Length': 6, 'X-Mixed': ['a', 'b'] });
    response.write('abc');
    response.end('def');
  });
  app.get('/reason', (_request, response) => void response.writeHead(200, 'Fine', ['X-Raw', '1', 'x-raw', '2']).end());
  app.get('/close', (_request, response) => void response.set('Connection', 'close').send('bye'));
  app.get(
    '/ip',
    (request, response) => void response.json([request.ip, request.ips, request.protocol, request.hostname]),
  );
  app.all('/mirror', (request, response) => {
    const { method, url, httpVersion, headers, rawHeaders } = request;
    response.json({ method, url, httpVersion, headers, rawHeaders });
  });
  app.post('/json', express.json({ limit: BODY_LIMIT_BYTES }), (request, response) => void response.json(request.body));
  app.post('/form', express.urlencoded({ limit: BODY_LIMIT_BYTES }), (request, response) => {
    response.json(request.body);
  });
  app.post('/text', express.text({ limit: BODY_LIMIT_BYTES }), (request, response) => {
    response.json({ text: (request.body as unknown) ?? null });
  });
  app.put('/raw', express.raw({ limit: BODY_LIMIT_BYTES, type: () => true }), (request, response) => {
    response.type('bin').send(request.body as Buffer);
  });
  app.post('/pipe', (request, response) => void request.pipe(response));
  app.post('/ignored', (_request, response) => void response.status(202).send('not read'));
  app.get('/throws', () => {
    throw new Error('a secret of the handler');
  });
  app.get('/rejects', async () => {
    await Promise.resolve();
    throw Object.assign(new Error('teapot'), { status: 418 });
  });
  app.use((error: Error & { status?: number }, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(error);
    else response.status(error.status ?? 500).json({ failed: true, status: error.status ?? 500 });
  });
  return app;
}
