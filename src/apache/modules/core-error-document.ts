// ErrorDocument: what is sent in place of a built-in page.
import { isKnownStatus } from '../answer/status-lines.ts';
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** What replaces a page. `text` is sent as it is; `url` is another server's; `path` one of this server's, asked within. */
export type ErrorDocument =
  | { readonly kind: 'text' | 'url' | 'path'; readonly value: string }
  /** `default`: the built-in page, whatever stands further out. */
  | { readonly kind: 'default' };

/** By status. */
type ErrorDocuments = Map<number, ErrorDocument>;

export const coreErrorDocument: ApacheModule<null, ErrorDocuments> = defineModule<null, ErrorDocuments>({
  name: 'core.c',
  identifier: 'core_module',
  createServer: () => null,
  mergeServer: () => null,
  createDirectory: () => new Map(),
  mergeDirectory: (base, over) => new Map([...base, ...over]),
  directives: [
    defineDirective({
      name: 'ErrorDocument',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      tier: 1,
      arguments: 'raw',
      usage: 'Change responses for HTTP errors',
      summary: 'a text, a page of this server or of another one in place of a built-in error page',
      apply: ({ words, directory, scope }) => {
        const [, code = '', rest = ''] = /^(\S*)\s*([^]*)$/.exec(words[0] ?? '') ?? [];
        if (rest === '') {
          throw new ConfigurationError('ErrorDocument takes two arguments, Change responses for HTTP errors');
        }
        const status = Number.parseInt(code, 10);
        if (Number.isNaN(status) || !isKnownStatus(status) || (status === 500 && !code.startsWith('500'))) {
          throw new ConfigurationError(`Unsupported HTTP response code ${code}`);
        }
        const document = parseDocument(rest);
        if (status === 401 && document.kind === 'url') {
          scope.warn('AH00113: cannot use a full URL in a 401 ErrorDocument directive --- ignoring!');
          return;
        }
        directory.set(status, document);
      },
    }),
  ],
});

/** A word that begins with a slash or is a URL is a place; `default` resets; everything else is a text, quotes removed. */
function parseDocument(rest: string): ErrorDocument {
  const quoted = /^(["'])((?:\\.|[^\\])*?)(?:\1\s*)?$/s.exec(rest);
  const value = quoted === null ? rest : quoted[2]!.replace(/\\(["'\\])/g, '$1');
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(value)) return { kind: 'url', value };
  if (value.startsWith('/')) return { kind: 'path', value };
  if (quoted === null && value.toLowerCase() === 'default') return { kind: 'default' };
  return { kind: 'text', value };
}
