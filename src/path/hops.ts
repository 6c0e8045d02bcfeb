// The table of hops: what is known of the idle timeouts between clients and servers, with where it stands. The rows are in table/.
import type { Hop } from './hop.ts';
import { CLOUD_BALANCERS } from './table/cloud-balancers.ts';
import { CONTENT_NETWORKS } from './table/content-networks.ts';
import { FLOWS } from './table/flows.ts';
import { PROXIES } from './table/proxies.ts';

/** Balancers of clouds, content networks, proxies, then what only forgets connections. */
export const HOPS: readonly Hop[] = [...CLOUD_BALANCERS, ...CONTENT_NETWORKS, ...PROXIES, ...FLOWS];
