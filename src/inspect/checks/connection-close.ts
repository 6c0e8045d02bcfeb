// Does it obey `Connection: close`, however a client writes it (RFC 9112 §9.6; a list in any letter case, RFC 9110 §7.6.1)?
import { formatBytes } from '../../http/index.ts';
import { CheckFailure, defineCheck } from '../check.ts';
import type { Check } from '../check.ts';
import { isEndedByAnswer } from '../steps/ended-by-answer.ts';
import { followUp } from '../steps/follow-up.ts';
import type { Answer } from '../peer/reply.ts';

/** The plain way first. Each is valid, and sent by clients or by proxies that add to what clients send. */
const WAYS: readonly string[] = [
  'Connection: close',
  'Connection: CLOSE',
  'Connection: foo, close',
  'Connection: keep-alive, close',
  'Connection: keep-alive\r\nConnection: close',
  'Connection:\tclose',
];

export const connectionClose: Check = defineCheck({
  id: 'connection-close',
  title: 'Whether it closes when it is asked to',
  measures: ['honoursClose', 'closeIgnoredFor', 'answersClose'],
  kind: 'quick',
  cost: () => ({ connections: WAYS.length, requests: 2 * WAYS.length }),
  // Where every connection ends behind its first answer, nobody can see whether it ended because it was asked to.
  skipReason: ({ known }) =>
    isEndedByAnswer(known) ? 'it closes after each answer, whether it is asked to or not' : undefined,
  run: async (run) => {
    const method = run.cheapMethod;
    const ignored: string[] = [];
    let answered = 0;
    let plain: Answer | undefined;
    for (const way of WAYS) {
      const shown = formatBytes(way);
      const peer = await run.open(`asks for the close with ${shown}`);
      const reply = await peer.exchange(run.format({ method, fieldLines: `${way}\r\n` }), method);
      // Out of time is not the same as unanswered.
      if (reply.kind === 'none' && run.boundMs(1) === 0) throw new CheckFailure('its answers take too long for this');
      if (reply.kind === 'none') continue;
      answered += 1;
      if (way === WAYS[0]) plain = reply;
      // Asked on, without a word of closing. Served: it did not hear it. Silent: the client that waits for the end waits in vain.
      const followed = await followUp(run, peer, reply, { method });
      if (followed !== 'ended') ignored.push(shown);
      peer.close();
    }
    if (answered === 0) throw new CheckFailure('no request with Connection: close was answered');
    return { honoursClose: ignored.length === 0, closeIgnoredFor: ignored, answersClose: saysClose(plain) };
  },
});

/** HTTP/1.0 says it without a word: there is nothing to see. */
function saysClose(answer: Answer | undefined): boolean | null {
  if (answer === undefined || (answer.minorVersion === 0 && !answer.saysClose)) return null;
  return answer.saysClose;
}
