// How long is a connection of HTTP/2 kept on which nothing is asked any more, and does GOAWAY come before the end (RFC 9113 §9.1)?
// Nothing is sent meanwhile but what must be: what we say would postpone the timer of the server.
import { CheckFailure, NothingToAsk, defineCheck } from '../check.ts';
import type { Check } from '../check.ts';
import { whyNotHttp2 } from '../http2/offer.ts';
import type { Http2Ending } from '../peer/http2-peer.ts';
import { http2Fields } from '../peer/request-text.ts';

const NOT_SPOKEN = 'it does not speak HTTP/2';

export const http2Idle: Check = defineCheck({
  id: 'http2-idle',
  title: 'How long an idle connection of HTTP/2 is kept',
  measures: ['http2IdleTimeoutMs', 'http2IdleClose'],
  kind: 'wait',
  cost: () => ({ connections: 1, requests: 1 }),
  skipReason: (run) => (run.known.http2 === false ? NOT_SPOKEN : whyNotHttp2(run)),
  run: async (run) => {
    // Waits begin before the check that knows.
    const peer = await run.openHttp2('HTTP/2: one request, then nothing');
    if (peer === undefined) throw new NothingToAsk(NOT_SPOKEN);
    const answer = await peer.exchange(http2Fields(run.target, run.options.headers, run.cheapMethod));
    if (answer === undefined) throw new CheckFailure('the request over HTTP/2 was not answered');
    run.tellWaiting('for the server to close an idle connection of HTTP/2', run.options.maxWaitMs);
    const ending = await peer.ending(run.watchMs);
    const hasEnded = ending.how !== 'none' || ending.goaway !== undefined;
    return { http2IdleTimeoutMs: hasEnded ? ending.afterMs : null, http2IdleClose: formatEnding(ending) };
  },
});

/** E.g. `goaway+fin`, `goaway(ENHANCE_YOUR_CALM)+rst`, `tls`, `none`. `goaway+none` was still open a while later. */
function formatEnding({ how, goaway }: Http2Ending): string {
  if (goaway === undefined) return how;
  return `goaway${goaway === 'NO_ERROR' ? '' : `(${goaway})`}+${how}`;
}
