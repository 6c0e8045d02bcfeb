// The arguments of `server.listen()` in all the forms that Node.js takes (net.Server.listen).
import { OptionError } from '../../errors.ts';
import { describe } from '../../option-checks.ts';

/** Where to listen, and what to call then. */
export interface ListenArguments {
  readonly port: number;
  /** Undefined: every address of the machine. */
  readonly hostname: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly callback: (() => void) | undefined;
}

/** Reads them. @throws OptionError for what is no port, and for pipes and handles, which the server does not listen on. */
export function parseListenArguments(given: readonly unknown[]): ListenArguments {
  const last = given.at(-1);
  const callback = typeof last === 'function' ? (last as () => void) : undefined;
  const rest = callback === undefined ? given : given.slice(0, -1);
  const [first] = rest;
  if (typeof first === 'object' && first !== null) {
    const { port, host, signal, path, fd } = first as Record<string, unknown>;
    if (path !== undefined && path !== null) throw notHere('path');
    if (fd !== undefined || '_handle' in first) throw notHere('fd');
    return {
      port: readPort(port),
      hostname: readHost(host),
      signal: signal as AbortSignal | undefined,
      callback,
    };
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) throw notHere('path');
  // The second may be a host or a backlog; the third is a backlog.
  return { port: readPort(first), hostname: readHost(rest[1]), signal: undefined, callback };
}

function readPort(value: unknown): number {
  if (value === undefined || value === null) return 0;
  const port = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new OptionError('port', `is ${describe(value)}, it must be a whole number from 0 to 65535`);
  return port;
}

function readHost(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function notHere(name: string): OptionError {
  return new OptionError(name, 'perdura/node listens on TCP ports only; give a port, and a host where it matters');
}
