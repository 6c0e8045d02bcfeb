// The tables, and what stands in front of their hosts.
import { CONTEXT_CASES } from './cases/contexts.ts';
import { INHERITANCE_CASES, mainRules } from './cases/inheritance.ts';
import { MECHANICS_CASES } from './cases/mechanics.ts';
import { REAL_WORLD_CASES } from './cases/real-world.ts';
import type { RewriteCase } from './rewrite-case.ts';

export interface RewriteTable {
  readonly name: string;
  readonly cases: readonly RewriteCase[];
  /** Of the main server; undefined: it has no rules. */
  readonly main?: string;
}

export const TABLES: readonly RewriteTable[] = [
  { name: 'real-world', cases: REAL_WORLD_CASES },
  { name: 'mechanics', cases: MECHANICS_CASES },
  { name: 'contexts', cases: CONTEXT_CASES },
  { name: 'inheritance', cases: INHERITANCE_CASES, main: mainRules('') },
  { name: 'inheritance-down', cases: INHERITANCE_CASES, main: mainRules('RewriteOptions InheritDown') },
  { name: 'inheritance-down-before', cases: INHERITANCE_CASES, main: mainRules('RewriteOptions InheritDownBefore') },
];
