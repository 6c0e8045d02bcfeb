// Is HTTP/2 spoken, what does the server allow, and how fast does it acknowledge a PING (RFC 9113 §6.5, §6.7)?
import { defineCheck } from '../check.ts';
import type { Check } from '../check.ts';
import { whyNotHttp2 } from '../http2/offer.ts';
import { http2Fields } from '../peer/request-text.ts';

/** The peer acknowledges PING before all else (RFC 9113 §6.7). One that takes longer does not do it at all. */
const PING_PATIENCE_MS = 3_000;

export const http2: Check = defineCheck({
  id: 'http2',
  title: 'Whether it speaks HTTP/2, and acknowledges a PING',
  measures: ['http2', 'http2PingRttMs', 'http2Settings'],
  kind: 'quick',
  cost: () => ({ connections: 1, requests: 1 }),
  skipReason: whyNotHttp2,
  run: async (run) => {
    const peer = await run.openHttp2('HTTP/2: a request, and a PING');
    if (peer === undefined) return { http2: false };
    await peer.exchange(http2Fields(run.target, run.options.headers, run.cheapMethod));
    // One, behind a request: servers count PINGs, and close on those who send many (field notes: ENHANCE_YOUR_CALM).
    const rttMs = await peer.ping(PING_PATIENCE_MS);
    return { http2: true, http2PingRttMs: rttMs ?? null, http2Settings: peer.settings };
  },
});
