// The table of hops: what is known of the idle timeouts between clients and servers, with where it stands. Data, no rules.
import type { Hop } from './hop.ts';

export const HOPS: readonly Hop[] = [
  {
    name: 'aws-alb',
    title: 'AWS Application Load Balancer',
    kind: 'proxy',
    clientIdleMs: 60_000,
    serverIdleMs: 60_000,
    rangeMs: [1_000, 4_000_000],
    close: 'fin',
    tcpKeepAliveCounts: false,
    verified: true,
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html',
    note: '502 where the target closes first; HTTP/2 PING does not count as traffic.',
  },
];
