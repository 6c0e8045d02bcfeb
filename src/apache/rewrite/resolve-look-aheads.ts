// Finds the variables LA-U and LA-F of a template, before it is filled in.
import type { LookUpWish } from '../request/look-up-steps.ts';
import { mayLookAhead } from './look-ahead.ts';
import type { RewriteSteps } from './look-ahead.ts';
import type { RewriteContext } from './rewrite-context.ts';
import type { LookAheadPart, Template } from './template.ts';
import { readVariable } from './variables.ts';
import { LOOK_UP_STEPS, spend } from './work-budget.ts';

/** Done at once where there are none. */
export function* lookAhead(template: Template, context: RewriteContext): RewriteSteps<void> {
  for (const part of template.lookAheads) {
    if (!mayLookAhead(context.request)) {
      context.lookedAhead.set(part, '');
      continue;
    }
    spend(context.request, LOOK_UP_STEPS);
    const found = yield wishFor(part, context);
    context.lookedAhead.set(part, readVariable(part.name, found, context));
  }
}

/** Where rules of a folder are matched without its path, it is put in front again. */
function wishFor(part: LookAheadPart, { subject, directory, base }: RewriteContext): LookUpWish {
  if (directory === undefined) return { by: part.by, target: subject };
  // A file is wished for, but where it is can only be found by its path.
  if (subject.startsWith('/')) return { by: 'path', target: subject };
  return part.by === 'file'
    ? { by: 'file', target: directory + subject }
    : { by: 'path', target: (base ?? directory) + subject };
}
