// What holds where one configuration stands within another, module by module.
import type { ConfigVector } from '../module/config-vector.ts';
import type { ApacheModule } from '../module/module.ts';

/** Neither is changed. A part that only one of them has is that part itself. */
export function mergeVectors(base: ConfigVector, over: ConfigVector, modules: readonly ApacheModule[]): ConfigVector {
  const merged: ConfigVector = [];
  for (const { definition, index } of modules) {
    const outer = base[index];
    const inner = over[index];
    merged[index] =
      outer === undefined || inner === undefined ? (inner ?? outer) : definition.mergeDirectory(outer, inner);
  }
  return merged;
}
