// User and password of a URL as HTTP says them (RFC 7617).
import { OptionError } from '../errors.ts';

/**
 * RFC 7617 §2: base64 of user, colon and password, in UTF-8, which is what percent-encoding in a URL stands for. Throws an OptionError
 * that names `option`.
 */
export function formatBasic(url: URL, option: string): string {
  const user = percentDecode(url.username);
  const password = percentDecode(url.password);
  if (user.includes(':')) {
    throw new OptionError(option, 'has a colon in its user, which Basic authentication cannot say');
  }
  return `Basic ${Buffer.from(`${user}:${password}`, 'latin1').toString('base64')}`;
}

/** One character for each byte. What is not percent-encoded is ASCII here: the parser of URLs has seen to it. */
function percentDecode(text: string): string {
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_encoded, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
