// The line below pages that the server makes by itself (ServerSignature).
import { plainServerName } from '../request/server-name.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { escapeHtml } from '../content/escape-html.ts';

/** What ServerSignature may be. */
export type Signature = 'off' | 'on' | 'email';

/** Empty where it is off. `prefix` stands before it. */
export function formatSignature(request: ApacheRequest, prefix: string): string {
  const signature = request.services.signatureOf(request);
  if (signature === 'off') return '';
  const name = escapeHtml(plainServerName(request));
  const { admin } = request.host;
  const place =
    signature === 'email' && admin !== undefined
      ? `<a href="${admin.includes(':') || admin.includes('/') ? '' : 'mailto:'}${escapeHtml(admin)}">${name}</a>`
      : name;
  return `${prefix}<address>perdura Server at ${place} Port ${request.services.serverPortOf(request)}</address>\n`;
}
