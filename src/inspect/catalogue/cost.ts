// What persistent connections save here, in numbers.
import { formatDuration } from '../format-duration.ts';
import type { CatalogueEntry } from './finding.ts';

export type CostFindingId = 'reuse-saves';

export const COST_FINDINGS: Readonly<Record<CostFindingId, CatalogueEntry>> = {
  'reuse-saves': {
    level: 'info',
    title: 'Using a connection again saves time here',
    explanation:
      'A request on a connection that is open already needs no opening and no set-up of encryption, so its answer is there sooner. The difference was measured from this machine; it grows with the distance to the server. For a page with many parts it counts once for each part that needs a connection of its own.',
    rfc: 'RFC 9112 §9.3',
    remedy: 'Use clients that keep connections, and let the server keep them long enough.',
    settings: [],
    seenBy: ['latency'],
    rule: ({ measured: { newConnectionMs, reusedRequestMs, pageSavingMs, pageResources, http11Persistent } }) => {
      if (newConnectionMs === null || reusedRequestMs === null || newConnectionMs <= reusedRequestMs) return undefined;
      const page =
        pageSavingMs === null || pageResources === null || pageSavingMs <= 0
          ? ''
          : `; a page of ${pageResources} resources ${http11Persistent === false ? 'would save' : 'saves'} ${formatDuration(pageSavingMs)}`;
      return `An answer takes ${formatDuration(newConnectionMs)} on a new connection and ${formatDuration(reusedRequestMs)} on an open one${page}.`;
    },
  },
};
