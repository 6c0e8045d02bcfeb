// What connections go through before TLS, as the options ask for it. Nothing of it by default.
import { ProxyStep } from '../../io/index.ts';
import type { AcceptStep } from '../../io/index.ts';
import { parseNode } from '../../http/forwarded.ts';
import { AddressLimitStep } from './address-limit.ts';
import type { ResolvedServeOptions } from '../options.ts';
import { isTrusted } from '../options/trust.ts';

/** The steps, in the order of the wire: whose connection it is comes first, whether it may have another one second. */
export function protectionSteps({ trust, limits }: ResolvedServeOptions): AcceptStep[] {
  const steps: AcceptStep[] = [];
  if (trust?.proxyProtocol === true)
    steps.push(new ProxyStep((remote) => isTrusted(trust, parseNode(remote)?.address ?? '')));
  if (limits.connectionsPerAddress !== Infinity) steps.push(new AddressLimitStep(limits.connectionsPerAddress));
  return steps;
}
