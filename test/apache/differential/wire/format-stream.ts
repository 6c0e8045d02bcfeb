// A stream as people read it, and as it can be put into a site of the suite.
import { formatEscapedBytes } from '../../../wire/escaped-bytes.ts';
import { formatStream } from './stream.ts';
import type { WireStream } from './stream.ts';

/** A block `http` with all of it: lines that end with CR LF as they are, others with a backslash at their end. */
export function formatBlock(stream: WireStream): string {
  const text = formatStream(stream);
  const lines = text.split('\r\n').map((line) => formatRuns(line));
  const last = lines.pop() ?? '';
  const body = [...lines, ...(last === '' ? [] : [`${last}\\`])].join('\n');
  const cuts = stream.cuts.length === 0 ? '' : `cut at ${stream.cuts.join(', ')}\n`;
  return `${cuts}${stream.endsAfter ? '- end: FIN\n' : ''}\`\`\`http\n${body}\n\`\`\``;
}

function formatRuns(line: string): string {
  return formatEscapedBytes(line)
    .replaceAll(String.raw`\x22`, '"')
    .replaceAll(/([a-z0-9])\1{30,}/g, (run, unit: string) => `\\{${run.length} ${unit}}`);
}
