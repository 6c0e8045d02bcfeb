// What TLS costs here: version, the protocol that ALPN chooses, whether sessions are resumed (RFC 8446 §2.2, RFC 5077), and what a
// handshake takes with and without that.
import { CheckFailure, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import { HTTP2_OFFER } from '../http2/offer.ts';
import { medianOf } from '../steps/median.ts';
import type { OpenedConnection, TlsRecord } from '../../io/index.ts';

/** Handshakes of each kind: a median of fewer would be chance. */
const ROUNDS = 3;

export const tls: Check = defineCheck({
  id: 'tls',
  title: 'What TLS costs, and whether its sessions are resumed',
  measures: ['tlsProtocol', 'alpn', 'tlsResumption', 'tlsHandshakeMs', 'tlsResumedHandshakeMs'],
  kind: 'quick',
  cost: () => ({ connections: 1 + 2 * ROUNDS, requests: ROUNDS }),
  skipReason: ({ target }) => (target.scheme === 'http' ? 'the URL is one of http:' : undefined),
  run: async (run) => {
    await resume(run, true);
    const full: TlsRecord[] = [];
    const resumed: TlsRecord[] = [];
    // In turn, so that what disturbs disturbs both.
    for (let round = 1; round <= ROUNDS; round++) {
      full.push(await handshake(run));
      const again = await resume(run, round < ROUNDS);
      // Servers of several processes may know a session in one of them only.
      if (again.resumed) resumed.push(again);
    }
    return {
      tlsProtocol: full[0]!.protocol,
      alpn: full[0]!.alpn ?? '',
      tlsHandshakeMs: medianOf(full.map(({ handshakeMs }) => handshakeMs)),
      tlsResumption: resumed.length > 0,
      tlsResumedHandshakeMs: resumed.length === 0 ? null : medianOf(resumed.map(({ handshakeMs }) => handshakeMs)),
    };
  },
});

/** A whole handshake, without a session of an earlier connection. Offers what browsers do. */
async function handshake(run: CheckRun): Promise<TlsRecord> {
  const purpose = `a whole handshake that offers ${HTTP2_OFFER.join(' and ')}`;
  const { peer, opened } = await run.openTimed(purpose, HTTP2_OFFER, undefined, 'none');
  peer.close();
  return recordOf(opened);
}

/** A handshake with the session of an earlier connection, where one came. */
async function resume(run: CheckRun, bringsSession: boolean): Promise<TlsRecord> {
  const { peer, opened } = await run.openTimed('resumes a session, where there is one');
  // TLS 1.3 sends its tickets behind the handshake (RFC 8446 §4.6.1): they have arrived when an answer has. Some are good for once.
  if (bringsSession) await peer.exchange(run.format({ method: run.cheapMethod }), run.cheapMethod);
  peer.close();
  return recordOf(opened);
}

function recordOf({ tls: record }: OpenedConnection): TlsRecord {
  if (record === undefined) throw new CheckFailure('the connection is not one over TLS');
  return record;
}
