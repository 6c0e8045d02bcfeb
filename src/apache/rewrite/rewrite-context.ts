// What is known while the rules are applied to one request.
import type { ApacheRequest } from '../request/apache-request.ts';
import type { RewriteMap } from './rewrite-map.ts';
import type { Groups, RewriteSurroundings } from './surroundings.ts';
import type { LookAheadPart } from './template.ts';

/** See the head of the file. */
export interface RewriteContext {
  readonly request: ApacheRequest;
  readonly surroundings: RewriteSurroundings;
  /** The folder whose rules these are, with its closing slash; undefined for those of a server. */
  readonly directory: string | undefined;
  readonly base: string | undefined;
  readonly maps: ReadonlyMap<string, RewriteMap>;
  /** What patterns of rules are matched against. */
  subject: string;
  ruleGroups: Groups | undefined;
  conditionGroups: Groups | undefined;
  /** Names of fields that the condition at hand looked at. */
  fieldsSeen: string[];
  /** A URL of the server's own host was made a path. */
  reduced: boolean;
  /** What look-aheads found, for the template at hand. */
  readonly lookedAhead: Map<LookAheadPart, string>;
}

/** What is known when the first rule is looked at. `folder`: whose rules these are; undefined for those of a server. */
export function createRewriteContext(
  request: ApacheRequest,
  surroundings: RewriteSurroundings,
  maps: ReadonlyMap<string, RewriteMap>,
  folder?: Pick<RewriteContext, 'directory' | 'base'>,
): RewriteContext {
  return {
    request,
    surroundings,
    directory: folder?.directory,
    base: folder?.base,
    maps,
    subject: '',
    ruleGroups: undefined,
    conditionGroups: undefined,
    fieldsSeen: [],
    reduced: false,
    lookedAhead: new Map(),
  };
}
