// What a server sent, as lines that are compared. Bytes stay as they are but for what must differ between two servers; the rules are those of
// harness/normalise.ts, here on text that need not be answers.
import { formatEscapedBytes } from '../../../wire/escaped-bytes.ts';
import { replacePorts } from '../harness/normalise.ts';
import type { SideFacts } from '../harness/normalise.ts';
import type { Received } from './send-stream.ts';

/** Rules "date", "server", "allow", "boundary" and "port". */
export function tellReceived({ text, ending }: Received, facts: SideFacts): string[] {
  const normal = replacePorts(
    withoutBoundaries(text)
      .replaceAll(/^(Date|Server): .*\r$/gm, '$1: *\r')
      .replaceAll(/^Allow: (.*)\r$/gm, (_all, methods: string) => `Allow: ${methods.split(',').toSorted().join()}\r`),
    facts,
  );
  const lines = normal.split(/(?<=\n)/).filter((line) => line !== '');
  return [...lines.map((line) => formatEscapedBytes(line)), `= ${ending}`];
}

function withoutBoundaries(text: string): string {
  const boundaries = text.matchAll(/^Content-Type: multipart\/byteranges; boundary=(\S+)\r$/gm);
  let normal = text;
  for (const [, boundary = ''] of boundaries) normal = normal.replaceAll(boundary, 'BOUNDARY');
  return normal === text ? text : normal.replaceAll(/^Content-Length: \d+\r$/gm, 'Content-Length: *\r');
}
