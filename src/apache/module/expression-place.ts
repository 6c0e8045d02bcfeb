// What expressions may use where a directive stands.
import type { ExpressionPlace } from '../expression/index.ts';
import type { ConfigurationScope } from './configuration-scope.ts';

/** Those of .htaccess must not look into files; names of mod_ssl are known where it is loaded. */
export function expressionPlace(scope: ConfigurationScope): ExpressionPlace {
  return { restricted: scope.htaccess !== undefined, ssl: scope.process.modules.has('mod_ssl.c') };
}
