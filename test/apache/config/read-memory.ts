// Configurations in memory for the tests: read whole, or refused with the text that httpd would write.
import { formatRefusal } from '#src/apache/config/format-refusal.js';
import { readConfiguration, type LoadedConfiguration } from '#src/apache/config/read-configuration.js';
import { ConfigurationRefused } from '#src/apache/syntax/configuration-error.js';
import { MemoryFileLookup } from '../../support/memory-file-lookup.ts';

export const CONFIG_FILE = '/etc/httpd.conf';

export function read(text: string, files: Readonly<Record<string, string>> = {}): LoadedConfiguration {
  const all = { '/srv/www/index.html': 'hello', ...files, [CONFIG_FILE]: text };
  return readConfiguration({ file: CONFIG_FILE, files: new MemoryFileLookup(all) });
}

/** The refusal as it is written to standard error; the test fails without one. */
export function refusal(text: string, files: Readonly<Record<string, string>> = {}): string {
  try {
    read(text, files);
  } catch (error) {
    if (error instanceof ConfigurationRefused) return formatRefusal(error, 'perdura');
    throw error;
  }
  throw new Error(`nobody refused ${JSON.stringify(text)}`);
}

/** What a directive on the first line is refused with, without the line that says where. */
export function complaint(text: string): string {
  const [where, ...message] = refusal(text).split('\n');
  const [, line] = /^AH00526: Syntax error on line (\d+) of \/etc\/httpd\.conf:$/.exec(where ?? '') ?? [];
  if (line === undefined) throw new Error(`not a directive's: ${where}`);
  return message.join('\n');
}
