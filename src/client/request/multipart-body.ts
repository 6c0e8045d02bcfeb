// multipart/form-data as browsers send it (HTML standard, "multipart/form-data encoding algorithm"; RFC 7578). The parts are
// laid out, not read: so the length is known beforehand, and the body can be sent again.
import { isFieldValue } from '../../http/tokens.ts';

/** A form ready to be sent. */
export interface MultipartForm {
  readonly contentType: string;
  readonly lengthBytes: number;
  /** In order. Text stands between files only. */
  readonly parts: readonly (Uint8Array | Blob)[];
}

/** Lays out a form. */
export function encodeMultipart(form: FormData): MultipartForm {
  // RFC 2046 §5.1.1: 70 characters at most, and in no part. 122 bits by chance are in none.
  const boundary = `----perdura-${crypto.randomUUID()}`;
  const parts: (Uint8Array | Blob)[] = [];
  let text = '';
  for (const [name, value] of form) {
    text += `--${boundary}\r\nContent-Disposition: form-data; name="${escapeQuoted(toCrLf(name))}"`;
    if (typeof value === 'string') {
      text += `\r\n\r\n${toCrLf(value)}\r\n`;
      continue;
    }
    const type = value.type !== '' && isFieldValue(value.type) ? value.type : 'application/octet-stream';
    text += `; filename="${escapeQuoted(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`;
    parts.push(Buffer.from(text), value);
    text = '\r\n';
  }
  parts.push(Buffer.from(`${text}--${boundary}--\r\n`));
  let lengthBytes = 0;
  for (const part of parts) lengthBytes += part instanceof Uint8Array ? part.length : part.size;
  return { contentType: `multipart/form-data; boundary=${boundary}`, lengthBytes, parts };
}

function toCrLf(text: string): string {
  return text.replaceAll(/\r\n?|\n/g, '\r\n');
}

/** The standard's own escapes: those of quoted strings are not understood by servers. */
function escapeQuoted(text: string): string {
  return text.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}
