// The line below pages that the server makes by itself (ServerSignature).
import { plainServerName } from '../request/server-name.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { escapeHtml } from '../content/escape-html.ts';
import { NO_ADMIN } from './error-pages.ts';

/** What ServerSignature may be. */
export type Signature = 'off' | 'on' | 'email';

/** Empty where it is off. `prefix` stands before it. */
export function formatSignature(request: ApacheRequest, prefix: string): string {
  const signature = request.services.signatureOf(request);
  if (signature === 'off') return '';
  const name = escapeHtml(plainServerName(request));
  const admin = request.host.admin ?? NO_ADMIN;
  const place =
    signature === 'email'
      ? `<a href="${admin.includes(':') || admin.includes('/') ? '' : 'mailto:'}${escapeHtml(admin)}">${name}</a>`
      : name;
  return `${prefix}<address>perdura Server at ${place} Port ${request.services.serverPortOf(request)}</address>\n`;
}
