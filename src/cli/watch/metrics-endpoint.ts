// `--metrics :9464`: where the figures can be fetched, and who may.
import { InvalidArgumentError } from 'commander';
import { ListenError } from '../../errors.ts';
import { Response, serve } from '../../server/index.ts';
import type { Server } from '../../server/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';

/** Where to listen. */
export interface MetricsAddress {
  readonly hostname: string;
  readonly port: number;
}

/**
 * As the exporters of OpenTelemetry have it, whose port 9464 is: without a host it is this machine alone. The names of targets are
 * nobody else's business until somebody says so, with `0.0.0.0:9464` or `[::]:9464`.
 */
const LOOPBACK = '127.0.0.1';

/** Of `:9464`, `9464`, `host:9464`, `[::1]:9464`. */
export function parseMetricsAddress(text: string): MetricsAddress {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]+)\]|([^:[\]]*)):)?(\d+)$/.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    throw new InvalidArgumentError('Write a port, or a host and a port: :9464, 0.0.0.0:9464, [::1]:9464.');
  }
  return { hostname: bracketed || plain || LOOPBACK, port };
}

/** What is served. */
export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

/** @throws CommandError where the address cannot be listened on. */
export async function serveMetrics({ hostname, port }: MetricsAddress, source: MetricsSource): Promise<Server> {
  try {
    return await serve({
      hostname,
      port,
      fetch: async (request) => {
        if (new URL(request.url).pathname !== '/metrics')
          return new Response('only /metrics is here\n', { status: 404 });
        if (request.method !== 'GET' && request.method !== 'HEAD') {
          return new Response('GET or HEAD\n', { status: 405, headers: { allow: 'GET, HEAD' } });
        }
        return new Response(await source.text(), { headers: { 'content-type': source.contentType } });
      },
    });
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    throw new CommandError(EXIT_CODES.unreachable, `--metrics: ${error.message}`, { cause: error });
  }
}
