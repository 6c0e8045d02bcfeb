// All checks, in the order in which they run. Waiting ones begin behind those of the first kind and run beside the others.
import type { Check } from './check.ts';
import { concurrency } from './checks/concurrency.ts';
import { firstAnswer } from './checks/first-answer.ts';
import { idleTimeout } from './checks/idle-timeout.ts';
import { partialHead } from './checks/partial-head.ts';
import { silentConnection } from './checks/silent-connection.ts';

export const CHECKS: readonly Check[] = [firstAnswer, concurrency, idleTimeout, silentConnection, partialHead];
