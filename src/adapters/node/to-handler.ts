// Runs a listener of node:http on the handler contract, so on whatever the server speaks.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, AnswerHandler } from '../../server/handler.ts';
import { reportError } from '../../server/report-error.ts';
import { AdaptedExchange } from './adapted-exchange.ts';
import type { ExchangeRunner, UpgradeListener } from './adapted-exchange.ts';
import { ConnectionSockets } from './connection-sockets.ts';
import { ForeignLife } from './foreign-life.ts';
import { readReceivedRequest } from './received-request.ts';

/** What answers requests on `node:http`: a function of one's own, an Express application, what Koa's `callback()` returns. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Options of {@link toHandler}. */
export interface ToHandlerOptions {
  /** Takes over requests that ask for another protocol. Default none: they are answered by the listener, as Node.js does it. */
  readonly upgrade?: UpgradeListener;
  /** Told of what an async listener throws after its response was complete. Default: standard error. What it throws before goes to the `onError` of the server. */
  readonly onError?: (error: unknown, request: Request) => void;
  /** Whether values of repeated fields are joined instead of dropped; as the option of node:http. Default false. */
  readonly joinDuplicateHeaders?: boolean;
}

/** What runs requests, as toHandler and createServer need it. */
export interface ListenerRunner extends ExchangeRunner {
  readonly sockets: ConnectionSockets;
  /** Undefined where nobody takes connections over now. */
  upgrade(): UpgradeListener | undefined;
}

/**
 * Makes a handler of a `(req, res)` listener: `serve({ handler: toHandler(app) })`. The listener gets a real `IncomingMessage` and a real
 * `ServerResponse`. What it throws, or rejects with, before anything was sent is answered with 500; afterwards the answer breaks off.
 */
export function toHandler(listener: RequestListener, options: ToHandlerOptions = {}): AnswerHandler {
  return runListener({
    sockets: new ConnectionSockets(undefined),
    joinDuplicateHeaders: options.joinDuplicateHeaders ?? false,
    request: listener,
    upgrade: () => options.upgrade,
    onError: options.onError ?? reportError,
  });
}

/** The handler that runs what a runner says. */
export function runListener(runner: ListenerRunner): AnswerHandler {
  return (request, context): Answer | Promise<Answer> => {
    const received = readReceivedRequest(request, context);
    const life = context.life ?? new ForeignLife(request, context);
    const socket = runner.sockets.of(life);
    const exchange = new AdaptedExchange(context, life, received, socket, runner, request);
    const upgrade = received.asksUpgrade ? runner.upgrade() : undefined;
    return upgrade === undefined ? exchange.run() : exchange.takeOver(upgrade);
  };
}
