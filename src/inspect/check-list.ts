// All checks, in the order in which they run. Waiting ones begin behind those of the first kind and run beside the others.
import type { Check } from './check.ts';
import { addresses } from './checks/addresses.ts';
import { concurrency } from './checks/concurrency.ts';
import { firstAnswer } from './checks/first-answer.ts';
import { http2Idle } from './checks/http2-idle.ts';
import { http2 } from './checks/http2.ts';
import { idleTimeout } from './checks/idle-timeout.ts';
import { partialHead } from './checks/partial-head.ts';
import { silentConnection } from './checks/silent-connection.ts';
import { tls } from './checks/tls.ts';

export const CHECKS: readonly Check[] = [
  firstAnswer,
  concurrency,
  idleTimeout,
  silentConnection,
  partialHead,
  tls,
  http2,
  http2Idle,
  addresses,
];
