// [T] and [H]: a media type and a handler that the rules decided on are kept in notes until the file's own are known.
import type { ApacheRequest } from '../request/apache-request.ts';
import { lowerAscii } from '../syntax/ascii-case.ts';
import { expand } from './expand.ts';
import type { RewriteSteps } from './look-ahead.ts';
import { lookAhead } from './resolve-look-aheads.ts';
import type { RewriteContext } from './rewrite-context.ts';
import type { RewriteRule } from './rule.ts';
import type { Template } from './template.ts';

const TYPE_NOTE = 'rewrite-forced-mimetype';
const HANDLER_NOTE = 'rewrite-forced-handler';

/** Remembers what a rule says. */
export function* forceType(rule: RewriteRule, context: RewriteContext): RewriteSteps<void> {
  yield* remember(rule.flags.type, TYPE_NOTE, context);
  yield* remember(rule.flags.handler, HANDLER_NOTE, context);
}

function* remember(template: Template | undefined, note: string, context: RewriteContext): RewriteSteps<void> {
  if (template === undefined) return;
  yield* lookAhead(template, context);
  const value = lowerAscii(expand(template, context));
  if (value !== '') context.request.notes.set(note, value);
}

/** The last of the fixups: what was remembered holds. */
export function applyForcedType(request: ApacheRequest): void {
  const type = request.notes.get(TYPE_NOTE);
  if (type !== undefined) request.contentType = type;
  const handler = request.notes.get(HANDLER_NOTE);
  if (handler !== undefined) request.handler = handler;
}
