// What the kernel of Linux says of the TCP sockets of this network, for tests of what a program cannot ask its own sockets.
import { existsSync, readFileSync } from 'node:fs';

const TABLE = '/proc/net/tcp';

/** Spread it in the options of a test: only Linux has that table. */
export const KERNEL_SOCKETS: { readonly skip: string | false } = {
  skip: existsSync(TABLE) ? false : `this system has no ${TABLE}`,
};

/** In one second, for programs (`USER_HZ`): 100 on every architecture that Node.js runs on. */
const TICKS_A_SECOND = 100;

/** Milliseconds until the keepalive timers fire (kind 2) of the IPv4 sockets that lead to this port; none for those without. */
export function keepaliveTimersTo(remotePort: number): number[] {
  return readFileSync(TABLE, 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote = '']) => Number.parseInt(remote.slice(remote.indexOf(':') + 1), 16) === remotePort)
    .map(([, , , , , timer = '']) => timer.split(':'))
    .filter(([kind]) => kind === '02')
    .map(([, ticks = '0']) => (Number.parseInt(ticks, 16) * 1000) / TICKS_A_SECOND);
}
