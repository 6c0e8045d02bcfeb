// mod_expires: how long clients may keep an answer, by its type. The arithmetic is in ../expires.
import { formatDateAgain } from '../answer/date-text.ts';
import type { ExpiryCode } from '../expires/expiry-code.ts';
import { parseExpiryCode } from '../expires/expiry-code.ts';
import { findExpiryCode, mergeExpiry, planExpiry } from '../expires/plan-expiry.ts';
import type { ExpirySettings } from '../expires/plan-expiry.ts';
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { FILTER_ORDER } from '../request/output-filter.ts';
import type { OutputFilter } from '../request/output-filter.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** While a place is configured. */
interface Settings extends ExpirySettings {
  active: boolean | undefined;
  fallback: ExpiryCode | undefined;
  readonly byType: Map<string, ExpiryCode>;
  wildcards: boolean;
}

const EXPIRES_FILTER: OutputFilter<ApacheRequest> = {
  name: 'MOD_EXPIRES',
  order: FILTER_ORDER.beforeFields,
  run(request) {
    // Errors that the handler found do not expire.
    if (request.status >= 400) return;
    // Whoever set it already knows better.
    if (request.errorHeadersOut.has('Expires') || request.headersOut.has('Expires')) return;
    const code = findExpiryCode(expires.ofDirectory(request.directoryConfig), request.contentType);
    if (code === undefined) return;
    const requestedUs = Math.round(request.facts.startedAtMs * 1e3);
    const expiry = planExpiry(code, requestedUs, request.fileStats?.modifiedUs);
    if (expiry === undefined) return;
    request.headersOut.merge('Cache-Control', `max-age=${expiry.maxAgeSeconds}`);
    request.headersOut.set('Expires', formatDateAgain(expiry.expiresMs));
  },
};

export const expires: ApacheModule<null, Settings> = defineModule<null, Settings>({
  name: 'mod_expires.c',
  identifier: 'expires_module',
  createDirectory: () => ({ active: undefined, fallback: undefined, byType: new Map(), wildcards: false }),
  mergeDirectory: (base, over) => mergeExpiry(base, over) as Settings,
  directives: [
    defineDirective({
      name: 'ExpiresActive',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['Indexes'],
      arguments: 'flag',
      tier: 1,
      usage: "Limited to 'on' or 'off'",
      summary: 'Whether Expires and Cache-Control: max-age are written. Default Off.',
      apply({ on, directory }) {
        directory.active = on;
      },
    }),
    defineDirective({
      name: 'ExpiresDefault',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['Indexes'],
      arguments: 'one',
      tier: 1,
      usage: 'an expiry date code',
      summary: 'When answers expire whose type is not named.',
      apply({ words, directory }) {
        directory.fallback = readCode(words[0]!, 'ExpiresDefault');
      },
    }),
    defineDirective({
      name: 'ExpiresByType',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['Indexes'],
      arguments: 'two',
      tier: 1,
      usage: 'a MIME type followed by an expiry date code',
      summary: 'When answers of a type expire; `text/*` for all of a kind.',
      apply({ words, directory }) {
        const type = words[0]!;
        if (!type.includes('/')) throw new ConfigurationError('Invalid mimetype: should contain a slash');
        if (type.endsWith('/*')) directory.wildcards = true;
        directory.byType.set(type.toLowerCase(), readCode(words[1]!, `ExpiresByType ${type}`));
      },
    }),
  ],
  hooks: { insertFilter: insert, insertErrorFilter: insert },
});

function insert(request: ApacheRequest): void {
  if (request.status >= 400 || request.isSubrequest) return;
  const { active, fallback, byType } = expires.ofDirectory(request.directoryConfig);
  if (active === true && (fallback !== undefined || byType.size > 0)) request.outputFilters.push(EXPIRES_FILTER);
}

function readCode(text: string, line: string): ExpiryCode {
  try {
    return parseExpiryCode(text);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`'${line} ${text}': ${error.message}`);
  }
}
