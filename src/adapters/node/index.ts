// `perdura/node`: listeners of node:http (Express, Koa, Fastify, functions of one's own) on the server of this package.
export { createServer } from './create-server.ts';
export { NodeServer } from './node-server.ts';
export type { NodeServerOptions } from './node-server-options.ts';
export { toHandler } from './to-handler.ts';
export type { UpgradeListener } from './adapted-exchange.ts';
export type { RequestListener, ToHandlerOptions } from './to-handler.ts';
