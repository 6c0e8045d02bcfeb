// Lines of the logs of two servers, made comparable: times, processes and ports of clients are each run's own.
import { replacePorts } from './normalise.ts';
import type { SideFacts } from './normalise.ts';

/**
 * Rule "log time": `%t` is the time. Rule "took": numbers behind `took=` are measured. Rule "client port": `port=` is the client's.
 * Rule "sent": a number behind `sent=` counts the name in the Server field, which is ours. Formats of the suite write what is measured in this way.
 */
export function normaliseAccessLine(line: string, facts: SideFacts): string {
  const normal = line
    .replaceAll(/\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]/g, '[TIME]')
    .replaceAll(/\btook=\d+/g, 'took=*')
    .replaceAll(/\bsent=(\d+)/g, (_all, bytes: string) => `sent=${Number(bytes) - facts.serverName.length}`)
    .replaceAll(/\bport=\d+/g, 'port=*');
  return replacePorts(normal, facts);
}

const ERROR_LINE =
  /^\[[^\]]+\] \[(?<source>\w+:(?<level>\w+))\] \[pid [^\]]+\] (?:\(\d+\)[^:]+: )?\[client [\d.]+:\d+\] (?<message>.*)$/;

/** The lines that belong to a client, or the alerts among them, without time and process; a client's port is left out. */
export function normaliseErrorLines(lines: readonly string[], which: 'alerts' | 'all', facts: SideFacts): string[] {
  return lines.flatMap((line) => {
    const { source, level, message } = ERROR_LINE.exec(line)?.groups ?? {};
    if (source === undefined || message === undefined || (which === 'alerts' && level !== 'alert')) return [];
    return [replacePorts(`[${source}] ${message}`, facts)];
  });
}
