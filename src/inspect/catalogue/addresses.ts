// Findings about names that stand for several addresses.
import { formatDuration } from '../format-duration.ts';
import type { AddressMeasurement } from '../measurements.ts';
import type { CatalogueEntry } from './finding.ts';

export type AddressFindingId = 'address-unreachable' | 'addresses-differ';

export const ADDRESS_FINDINGS: Readonly<Record<AddressFindingId, CatalogueEntry>> = {
  'address-unreachable': {
    level: 'warn',
    title: 'Not every address of the name can be reached',
    explanation:
      'The name stands for several addresses, and at least one of them took no connection, although others of the same kind (IPv4 or IPv6) did. Clients that try it first wait for a timeout before they go on to the next, and simple ones fail. Often a machine was switched off and its address left in the DNS.',
    rfc: '',
    remedy: 'Bring the address back into service, or take it out of the DNS.',
    settings: [],
    seenBy: ['addresses'],
    rule: ({ measured: { addresses } }) => {
      const lost = (addresses ?? []).filter((address) => isLost(address, addresses ?? []));
      if (lost.length === 0) return undefined;
      const names = lost.map(({ address }) => address).join(', ');
      return `${lost.length} of ${addresses?.length ?? 0} addresses took no connection: ${names}.`;
    },
  },
  'addresses-differ': {
    level: 'warn',
    title: 'Its addresses behave differently',
    explanation:
      'The name stands for several addresses, and the servers behind them do not treat connections alike. Which one a client gets is chance, so trouble with connections comes and goes and is hard to find. Usually one machine has an older configuration than the others.',
    rfc: '',
    remedy: 'Give all servers of the name the same configuration; inspect each address for the details.',
    settings: [],
    seenBy: ['addresses'],
    rule: ({ measured: { addresses } }) => {
      const reached = (addresses ?? []).filter(({ newConnectionMs }) => newConnectionMs !== null);
      const differences = COMPARED.flatMap(([what, describe]) => {
        const values = reached.map(describe);
        if (new Set(values).size <= 1) return [];
        return [`${what} ${reached.map(({ address }, at) => `${values[at] ?? ''} at ${address}`).join(', ')}`];
      });
      return differences.length === 0 ? undefined : `They differ: ${differences.join('; ')}.`;
    },
  },
};

/** What has to be the same at all addresses, in words. */
const COMPARED: readonly (readonly [string, (address: AddressMeasurement) => string])[] = [
  ['status', ({ status }) => (status === null ? 'no answer' : String(status))],
  ['connections', ({ http11Persistent: kept }) => (kept === null ? 'unknown' : kept ? 'kept' : 'closed')],
  [
    'promised time',
    ({ advertisedTimeoutMs }) => (advertisedTimeoutMs === null ? 'none' : formatDuration(advertisedTimeoutMs)),
  ],
];

/** Our own network may lack a whole family: an address counts as lost only where another one of its family was reached. */
function isLost(lost: AddressMeasurement, all: readonly AddressMeasurement[]): boolean {
  const isV6 = lost.address.includes(':');
  return (
    lost.newConnectionMs === null &&
    all.some(({ address, newConnectionMs }) => newConnectionMs !== null && address.includes(':') === isV6)
  );
}
