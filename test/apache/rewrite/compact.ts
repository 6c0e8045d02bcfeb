// An answer without what is empty, so that tables hold what there is.
import type { RewriteAnswer } from './rewrite-case.ts';

export function compact(answer: { [Key in keyof RewriteAnswer]: RewriteAnswer[Key] | undefined }): RewriteAnswer {
  const entries = Object.entries(answer).filter(([, value]) => {
    if (value === undefined || value === '') return false;
    return typeof value !== 'object' || Object.keys(value).length > 0;
  });
  return Object.fromEntries(entries) as unknown as RewriteAnswer;
}
