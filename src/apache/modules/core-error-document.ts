// ErrorDocument: what clients get in place of the built-in page of an error.
import { isKnownStatus } from '../answer/status-lines.ts';
import { EvaluationError, ExpressionError, evaluateString, parseStringExpression } from '../expression/index.ts';
import type { StringExpression } from '../expression/index.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { defineDirective } from '../module/directive.ts';
import { expressionPlace } from '../module/expression-place.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { expressionScope } from '../request/expression-scope.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** `text` is sent as it is; `url` is another server's; `path` one of this server's, asked within. */
export interface ErrorDocument {
  readonly kind: 'text' | 'url' | 'path';
  readonly value: string;
}

/** `default`: the built-in page, whatever stands further out. */
type ConfiguredDocument = { readonly isText: boolean; readonly value: StringExpression } | 'default';

/** By status. */
type ErrorDocuments = Map<number, ConfiguredDocument>;

export const coreErrorDocument: ApacheModule<null, ErrorDocuments> = defineModule<null, ErrorDocuments>({
  name: 'core.c',
  identifier: 'core_module',
  createDirectory: () => new Map(),
  mergeDirectory: (base, over) => new Map([...base, ...over]),
  directives: [
    defineDirective({
      name: 'ErrorDocument',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      tier: 1,
      arguments: 'two',
      usage: 'Change responses for HTTP errors',
      summary: 'a text, a page of this server or of another one in place of a built-in error page',
      apply: ({ words: [code = '', text = ''], directory, scope }) => {
        const status = Number.parseInt(code, 10);
        if (Number.isNaN(status) || !isKnownStatus(status)) {
          throw new ConfigurationError(`Unsupported HTTP response code ${code}`);
        }
        // Apache takes what has a space in it for a text.
        const isText = text.includes(' ') || !(text.startsWith('/') || isUrl(text));
        if (status === 401 && !isText && !text.startsWith('/')) {
          noteIgnored(scope);
          return;
        }
        const isDefault = isText && text.toLowerCase() === 'default';
        directory.set(status, isDefault ? 'default' : { isText, value: parse(text, scope) });
      },
    }),
  ],
});

/** A browser that is sent elsewhere would not ask for a password. */
function noteIgnored(scope: ConfigurationScope): void {
  const { place } = scope;
  scope.process.notes.push({
    level: 'notice',
    module: 'core',
    message: `AH00113: ${place.file}:${place.line} cannot use a full URL in a 401 ErrorDocument directive --- ignoring!`,
  });
}

function parse(text: string, scope: ConfigurationScope): StringExpression {
  try {
    return parseStringExpression(text, expressionPlace(scope));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ConfigurationError(`Cannot parse expression in ErrorDocument: ${error.message}`);
  }
}

/** Whatever begins as a scheme does. */
function isUrl(text: string): boolean {
  return /^[A-Za-z0-9+.-]+:/.test(text);
}

/** What stands for a status at the place of a request; undefined: the built-in page. */
export function errorDocumentOf(request: ApacheRequest, status: number): ErrorDocument | undefined {
  const document = coreErrorDocument.ofDirectory(request.directoryConfig).get(status);
  if (document === undefined || document === 'default') return undefined;
  let value: string;
  try {
    value = evaluateString(document.value, expressionScope(request));
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    request.services.log(
      request,
      'error',
      'core',
      `AH02841: core: ErrorDocument: can't evaluate require expression: ${error.message}`,
    );
    return undefined;
  }
  if (document.isText) return { kind: 'text', value };
  if (isUrl(value)) return { kind: 'url', value };
  return value.startsWith('/') ? { kind: 'path', value } : undefined;
}
