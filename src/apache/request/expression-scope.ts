// What expressions find out of a request.
import { hexDigest } from '../access/digest.ts';
import { EvaluationError, FIELD_VARIABLES } from '../expression/index.ts';
import type { ExpressionScope, FileTest, ScopeFunction, VariableName } from '../expression/index.ts';
import { MatchLimitError } from '../regex/index.ts';
import type { MatchBudget } from '../regex/index.ts';
import type { ApacheRequest } from './apache-request.ts';
import { isAnswered } from './is-answered.ts';
import { formatTime, readRequestVariable } from './request-variables.ts';

/** Of what `file()` reads, as in Apache. */
const MAX_FILE_BYTES = 10_485_760;

const EXECUTABLE = 0o111;

export function expressionScope(request: ApacheRequest): ExpressionScope {
  return new RequestScope(request);
}

class RequestScope implements ExpressionScope {
  readonly #request: ApacheRequest;

  constructor(request: ApacheRequest) {
    this.#request = request;
  }

  get budget(): MatchBudget {
    return this.#request.budget;
  }

  get clientAddress(): string {
    return this.#request.connection.remoteAddress;
  }

  variable(name: VariableName): string | undefined {
    const request = this.#request;
    const field = FIELD_VARIABLES[name];
    if (field !== undefined) return request.headersIn.get(field);
    switch (name) {
      case 'CONTENT_TYPE':
        return request.contentType;
      case 'HANDLER':
        return request.handler ?? request.invokedHandler;
      case 'LAST_MODIFIED':
        return formatTime(new Date(request.modifiedMs));
      case 'DOCUMENT_URI':
        return request.path;
      case 'REQUEST_STATUS':
        return String(request.status);
      case 'HTTP2':
        return 'off';
      default:
        return readRequestVariable(name, request);
    }
  }

  functionCall(name: ScopeFunction, argument: string): string | undefined {
    const { headersIn, headersOut, errorHeadersOut, notes, env, services } = this.#request;
    switch (name) {
      case 'req':
      case 'http':
      case 'req_novary':
        return headersIn.get(argument);
      case 'resp':
        return headersOut.get(argument) ?? errorHeadersOut.get(argument);
      case 'note':
        return notes.get(argument);
      case 'reqenv':
        return env.get(argument);
      case 'env':
        return notes.get(argument) ?? env.get(argument) ?? services.osVariable?.(argument);
      case 'osenv':
        return services.osVariable?.(argument);
      case 'ssl':
        return services.tlsVariable?.(this.#request, argument);
      case 'md5':
      case 'sha1':
        return hexDigest(name, argument);
      case 'filesize': {
        const stats = services.files.stat(argument);
        return stats === undefined || stats === 'denied' || stats.kind !== 'file' ? '0' : String(stats.sizeBytes);
      }
      case 'file':
        return this.#readFile(argument);
    }
  }

  fileTest(test: FileTest, path: string): boolean {
    if (test === 'U' || test === 'A' || test === 'F') return this.#isAnswered(test === 'F' ? 'file' : 'path', path);
    const { files } = this.#request.services;
    // Whether something may be run is asked of a link, too, not of what it leads to.
    const stats = /[Lhx]/.test(test) ? files.linkStat(path) : files.stat(path);
    if (stats === undefined || stats === 'denied') return false;
    switch (test) {
      case 'd':
        return stats.kind === 'folder';
      case 'f':
        return stats.kind === 'file';
      case 's':
        return stats.kind === 'file' && stats.sizeBytes > 0;
      case 'L':
      case 'h':
        return stats.kind === 'link';
      case 'x':
        return (stats.mode & EXECUTABLE) !== 0;
      default:
        return true;
    }
  }

  #isAnswered(by: 'path' | 'file', target: string): boolean {
    try {
      return isAnswered({ by, target }, this.#request);
    } catch (error) {
      if (!(error instanceof MatchLimitError)) throw error;
      this.matchLimit(error.message);
      return false;
    }
  }

  /** The answer depends on these fields: caches are told. */
  vary(fields: readonly string[]): void {
    for (const field of fields) this.#request.headersOut.merge('Vary', field);
  }

  matchLimit(message: string): void {
    // What takes it for no match goes on with nothing left, and whoever decides by it closes the request.
    this.#request.budget.settle(0);
    this.#request.services.log(this.#request, 'warn', 'core', message);
  }

  #readFile(path: string): string {
    let text: string | undefined;
    try {
      text = this.#request.services.files.readSmall(path, MAX_FILE_BYTES);
    } catch {
      throw new EvaluationError(`File ${path} too large`);
    }
    if (text === undefined) throw new EvaluationError(`Cannot open file ${path}`);
    return text;
  }
}
