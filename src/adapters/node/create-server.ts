// A drop-in for `http.createServer`.
import { NodeServer } from './node-server.ts';
import type { NodeServerOptions } from './node-server-options.ts';
import type { RequestListener } from './to-handler.ts';

/**
 * Makes a server that looks like an `http.Server` and is one of ours: `createServer(app).listen(3000)`. The listener is one for the event
 * `request`.
 *
 * @throws OptionError for an option that makes no sense, or that only node:http has.
 */
export function createServer(listener?: RequestListener): NodeServer;
export function createServer(options: NodeServerOptions, listener?: RequestListener): NodeServer;
export function createServer(given: NodeServerOptions | RequestListener = {}, listener?: RequestListener): NodeServer {
  const [options, onRequest] = typeof given === 'function' ? [{}, given] : [given, listener];
  const server = new NodeServer(options);
  if (onRequest !== undefined) server.on('request', onRequest);
  return server;
}
