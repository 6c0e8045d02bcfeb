// What holds where the configurations of two sections meet, module by module.
import type { ConfigVector } from './config-vector.ts';
import type { ApacheModule } from './module.ts';

/** The outer one first. Changes neither. A module that one of them does not speak of keeps the part of the other. */
export function mergeVectors(modules: readonly ApacheModule[], base: ConfigVector, over: ConfigVector): ConfigVector {
  const merged: ConfigVector = [];
  for (const { index, definition } of modules) {
    const outer = base[index];
    const inner = over[index];
    if (inner === undefined) merged[index] = outer;
    else if (outer === undefined) merged[index] = inner;
    else merged[index] = definition.mergeDirectory(outer, inner);
  }
  return merged;
}
