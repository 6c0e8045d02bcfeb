// What lies between a client and a server, and what follows from it for timeouts.
import type { Hop } from './hop.ts';
import { HOPS } from './hops.ts';

export type { Advice, Ground } from './advice.ts';
export { adviseTimeouts } from './advise.ts';
export { CLIENT_SOFTWARE, findClientSoftware } from './client-software.ts';
export type { ClientName, ClientSoftware, ClientTimeouts } from './client-software.ts';
export { writeConfiguration } from './configuration.ts';
export type { ConfigurationBlock } from './configuration.ts';
export { describeHop } from './hop.ts';
export type { DurationRange, Hop } from './hop.ts';
export { HOPS } from './hops.ts';
export { lintTimeouts } from './lint.ts';
export { heartbeatWithin, idleAbove, idleBelow, roundToSeconds } from './margins.ts';
export type { Problem, ProblemId, TimeoutSettings } from './problem.ts';
export { uncountedTraffic } from './requirement-words.ts';
export type { SignOfLife } from './requirement-words.ts';
export type { TimeoutId } from './requirement.ts';
export { SERVER_SOFTWARE, findServerSoftware } from './server-software.ts';
export type { ServerName, ServerSoftware, ServerTimeouts } from './server-software.ts';
export type { SoftwareSetting } from './software-setting.ts';
export { withHopIdle } from './timeout-path.ts';
export type { HopIdle, TimeoutPath } from './timeout-path.ts';

export function findHop(name: string): Hop | undefined {
  return HOPS.find((hop) => hop.name === name);
}

/** In the order of the table. */
export function hopNames(): string[] {
  return HOPS.map(({ name }) => name);
}
