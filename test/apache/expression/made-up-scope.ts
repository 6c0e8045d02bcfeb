// A request for /q?x=1 that nobody has made: what expressions ask of it, with real files and digests.
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { EvaluationError } from '#src/apache/expression/index.js';
import type { ExpressionScope, FileTest, ScopeFunction, VariableName } from '#src/apache/expression/index.js';
import { MatchBudget } from '#src/apache/regex/index.js';

const VARIABLES: Readonly<Partial<Record<VariableName, string>>> = {
  REQUEST_URI: '/q',
  REQUEST_METHOD: 'GET',
  REQUEST_SCHEME: 'http',
  REQUEST_STATUS: '200',
  QUERY_STRING: 'x=1',
  HTTP_HOST: 'h',
  HTTPS: 'off',
  IPV6: 'off',
  HTTP2: 'off',
  IS_SUBREQ: 'false',
  REMOTE_ADDR: '127.0.0.1',
  CONN_REMOTE_ADDR: '127.0.0.1',
};

export const FIELDS: Readonly<Record<string, string>> = { 'x-a': 'hello', 'x-b': 'b' };

function stats(path: string, look: (path: string) => Stats): Stats | undefined {
  try {
    return look(path);
  } catch {
    return undefined;
  }
}

export class MadeUpScope implements ExpressionScope {
  readonly budget: MatchBudget;
  readonly clientAddress = '127.0.0.1';
  /** What it was told that the answer depends on. */
  readonly varied: string[] = [];
  readonly limits: string[] = [];

  constructor(steps?: number) {
    this.budget = new MatchBudget(steps);
  }

  variable(name: VariableName): string | undefined {
    return VARIABLES[name];
  }

  functionCall(name: ScopeFunction, argument: string): string | undefined {
    switch (name) {
      case 'req':
      case 'http':
      case 'req_novary':
        return FIELDS[argument.toLowerCase()];
      case 'env':
      case 'reqenv':
        return argument === 'E' ? 'envval' : undefined;
      case 'md5':
      case 'sha1':
        return createHash(name).update(argument, 'latin1').digest('hex');
      case 'filesize': {
        const found = stats(argument, statSync);
        return found?.isFile() === true ? String(found.size) : '0';
      }
      case 'file':
        try {
          return readFileSync(argument, 'latin1');
        } catch {
          throw new EvaluationError(`Cannot open file ${argument}`);
        }
      default:
        return undefined;
    }
  }

  fileTest(test: FileTest, path: string): boolean {
    const found = stats(path, test === 'L' || test === 'h' || test === 'x' ? lstatSync : statSync);
    if (found === undefined) return false;
    switch (test) {
      case 'e':
        return true;
      case 'd':
        return found.isDirectory();
      case 'f':
        return found.isFile();
      case 's':
        return found.isFile() && found.size > 0;
      case 'x':
        return (found.mode & 0o111) !== 0;
      default:
        return found.isSymbolicLink();
    }
  }

  vary(fields: readonly string[]): void {
    this.varied.push(...fields);
  }

  matchLimit(message: string): void {
    this.limits.push(message);
  }
}
