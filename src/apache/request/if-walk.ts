// placeholder
import type { ApacheRequest } from './apache-request.ts';
export function walkIf(_: ApacheRequest): 'ok' {
  return 'ok';
}
