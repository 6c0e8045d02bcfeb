// The Vary field as the core of Apache writes it: every name once, joined by commas alone.
import type { FieldTable } from '../request/field-table.ts';

export function tidyVary(fields: FieldTable): void {
  const values = fields.getAll('Vary');
  if (values === undefined) return;
  const names = new Map<string, string>();
  for (const name of values.split(/[,\s]+/)) {
    const key = name.toLowerCase();
    if (name !== '' && !names.has(key)) names.set(key, name);
  }
  if (names.size > 0) fields.set('Vary', [...names.values()].join(','));
}
