// All checks, in the order in which they run. Waiting ones begin behind those of the first kind and run beside the others.
import type { Check } from './check.ts';
import { concurrency } from './checks/concurrency.ts';
import { connectionClose } from './checks/connection-close.ts';
import { firstAnswer } from './checks/first-answer.ts';
import { halfClose } from './checks/half-close.ts';
import { http10 } from './checks/http10.ts';
import { idleTimeout } from './checks/idle-timeout.ts';
import { latency } from './checks/latency.ts';
import { partialHead } from './checks/partial-head.ts';
import { pipelining } from './checks/pipelining.ts';
import { requestLimit } from './checks/request-limit.ts';
import { silentConnection } from './checks/silent-connection.ts';

export const CHECKS: readonly Check[] = [
  firstAnswer,
  concurrency,
  idleTimeout,
  silentConnection,
  partialHead,
  http10,
  connectionClose,
  requestLimit,
  pipelining,
  halfClose,
  latency,
];
