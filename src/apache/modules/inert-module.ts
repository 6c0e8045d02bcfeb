// How a directive that holds without effect is declared: it is checked, and said to be without effect where somebody asks.
import {
  defineDirective,
  type ArgumentKind,
  type DirectiveContext,
  type DirectiveDefinition,
} from '../module/directive.ts';
import { defineModule, type ApacheModule } from '../module/module.ts';
import type { OverrideClass } from '../module/override-grant.ts';
import type { InertCheck } from './inert-checks.ts';

/** One row: name, Apache's usage, why it is without effect; the rest where it is not as most are. */
export interface InertDirective {
  readonly name: string;
  readonly usage: string;
  readonly reason: string;
  /** Default `one`. */
  readonly arguments?: ArgumentKind;
  /** Default: servers, not virtual hosts. */
  readonly contexts?: readonly DirectiveContext[];
  readonly override?: readonly OverrideClass[];
  readonly virtualHost?: true;
  readonly check?: InertCheck;
}

function declare({ name, usage, reason, check, ...row }: InertDirective): DirectiveDefinition<null, null> {
  return defineDirective({
    name,
    usage,
    contexts: row.contexts ?? ['server'],
    ...(row.override === undefined ? {} : { override: row.override }),
    ...(row.virtualHost === true ? {} : { virtualHost: false }),
    tier: 1,
    effect: 'inert',
    arguments: row.arguments ?? 'one',
    summary: reason,
    apply: ({ words }) => check?.(words, name),
  });
}

/** The name of the module that has the directives in Apache, and those of them that are without effect. */
export function inertModule(
  name: string,
  identifier: string,
  directives: readonly InertDirective[],
): ApacheModule<null, null> {
  return defineModule<null, null>({
    name,
    identifier,
    directives: directives.map((row) => declare(row)),
  });
}
