// One case of the walk through the sections of HTTP/2, and how what came of it is told. The sections are those of RFC 9113 (and of
// RFC 7541, as `HPACK`) that public conformance suites go through; wording and bytes are our own.
import type { RawHttp2Client } from '../raw-http2-client.ts';

/** What a client does, and what this server does then. */
export interface SectionCase {
  readonly section: string;
  /** With the client as its subject: `sends DATA on a stream that is idle`. */
  readonly does: string;
  readonly run: (client: RawHttp2Client) => void | Promise<void>;
  /** As {@link tellOutcome} tells it. */
  readonly outcome: string;
  /** What Node.js 20 does instead, whose nghttp2 is older. That it may say INTERNAL_ERROR for any other code goes without saying. */
  readonly node20?: string;
  /** What the RFC asks for, where that is something else. */
  readonly rfc?: string;
  /** SETTINGS of the client's hello. */
  readonly settings?: Readonly<Record<string, number>>;
  /** Whether hello is left to the case. */
  readonly hello?: false;
}

/**
 * What came of it: `connection error CODE`, else `stream error CODE`, else `answered STATUS`, else `ignored`, each of the last stream that
 * anything came on. The connection still works unless there was a connection error.
 */
export async function tellOutcome(client: RawHttp2Client): Promise<string> {
  await client.settledOrRefused();
  const refusal = client.goaways.find(({ code }) => code !== 'NO_ERROR');
  if (refusal !== undefined) return `connection error ${refusal.code}`;
  if (client.ending !== 'open') return `the connection ended (${client.ending})`;
  const reset = client.frames.findLast(({ type }) => type === 'RST_STREAM');
  if (reset !== undefined) return `stream error ${client.resetOf(reset.stream)}`;
  const answer = client.frames.findLast(({ fields }) => fields[0]?.[0] === ':status');
  return answer === undefined ? 'ignored' : `answered ${answer.fields[0]![1]}`;
}

/** What is expected where the tests run. */
export function expectedOutcomes({ outcome, node20 }: SectionCase, majorVersion: number): readonly string[] {
  if (majorVersion >= 22) return [outcome];
  const there = node20 ?? outcome;
  return there.startsWith('connection error') ? [there, 'connection error INTERNAL_ERROR'] : [there];
}
