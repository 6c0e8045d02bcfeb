// What FilterProtocol says of a filter: which fields of an answer are not true any more once it has run.
import type { FieldTable } from '../request/field-table.ts';

/** See the head of the file. */
export interface ProtocolFlags {
  changeFields(fields: FieldTable): void;
}

/** `change=yes|no|1:1;cache=yes|no;byteranges=no`; what is not known is skipped, as httpd does, and proxies there are none. */
export function parseProtocolFlags(text: string): ProtocolFlags {
  const words = new Map<string, string>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    words.set(part.slice(0, Math.max(0, equals)).toLowerCase(), part.slice(equals + 1).toLowerCase());
  }
  const change = words.get('change');
  const changes = change === 'yes' || change === '1:1';
  const cacheable = words.get('cache') !== 'no';
  const ranges = words.get('byteranges') !== 'no';
  return {
    changeFields(fields) {
      if (changes) {
        fields.unset('Content-MD5');
        fields.unset('ETag');
        if (change === 'yes') fields.unset('Content-Length');
      }
      if (!cacheable) {
        fields.unset('Last-Modified');
        fields.add('Cache-Control', 'no-cache');
      }
      if (!ranges) fields.set('Accept-Ranges', 'none');
    },
  };
}
