// <If>, <ElseIf> and <Else>: what holds for the requests for which an expression holds.
import { argumentOfSection, textOfSection } from '../config/section-argument.ts';
import { parseExpression } from '../expression/index.ts';
import type { Expression } from '../expression/index.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { defineSection } from '../module/directive.ts';
import type { SectionCall, SectionDefinition } from '../module/directive.ts';
import { expressionPlace } from '../module/expression-place.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { takeWord } from '../syntax/words.ts';

/** One section. `otherwise`: it counts only if what stands before it did not hold. */
export interface Condition {
  /** Undefined for `<Else>`. */
  readonly expression: Expression | undefined;
  readonly otherwise: boolean;
  readonly config: ConfigVector;
}

/** Those of a folder's configuration, of what stands around it first. */
export class Conditions {
  readonly list: Condition[];

  constructor(list: readonly Condition[] = []) {
    this.list = [...list];
  }
}

type Call = SectionCall<null, Conditions>;
type Definition = SectionDefinition<null, Conditions>;

/** Apache's dummy for the path of these: no folder is known there. */
const CONDITION_PATH = '*If';

function parseCondition(text: string, scope: ConfigurationScope): Expression {
  try {
    return parseExpression(text, expressionPlace(scope));
  } catch (error) {
    throw new ConfigurationError(`Cannot parse condition clause: ${(error as Error).message}`);
  }
}

function expectCondition(outer: Conditions): void {
  if (outer.list.at(-1)?.expression === undefined) {
    throw new ConfigurationError('<Else> or <ElseIf> section without previous <If> or <ElseIf> section in same scope');
  }
}

function conditionSection(name: '<If' | '<ElseIf', summary: string): Definition {
  return defineSection({
    name,
    contexts: ['server', 'directory', 'htaccess'],
    override: ['any'],
    forbidden: ['Limit'],
    tier: 2,
    usage: '',
    summary,
    apply: ({ words, children, directory: outer, scope }: Call) => {
      const { word, rest } = takeWord(argumentOfSection(name, words[0] ?? ''));
      const expression = parseCondition(word, scope);
      const directory: ConfigVector = [];
      scope.applyChildren(children, { directory, path: CONDITION_PATH, section: name });
      if (name === '<ElseIf') expectCondition(outer);
      if (rest !== '') throw new ConfigurationError(`Multiple ${name}> arguments not supported.`);
      outer.list.push({ expression, otherwise: name === '<ElseIf', config: directory });
    },
  });
}

const elseSection: Definition = defineSection({
  name: '<Else',
  contexts: ['server', 'directory', 'htaccess'],
  override: ['any'],
  forbidden: ['Limit'],
  tier: 2,
  usage: '',
  summary: 'Applies where the <If> and <ElseIf> before it do not.',
  apply: ({ words, children, directory: outer, scope }: Call) => {
    // Alone of all sections it does without its bracket.
    const text = words[0] ?? '';
    if (text.trim() !== '' && textOfSection('<Else', text).trim() !== '') {
      throw new ConfigurationError('<Else> does not take an argument');
    }
    const directory: ConfigVector = [];
    scope.applyChildren(children, { directory, path: CONDITION_PATH, section: '<Else' });
    expectCondition(outer);
    outer.list.push({ expression: undefined, otherwise: true, config: directory });
  },
});

/** See the head of the file. */
export const coreConditions: ApacheModule<null, Conditions> = defineModule({
  name: 'core.c',
  identifier: 'core_module',
  createDirectory: () => new Conditions(),
  mergeDirectory: (base, over) => new Conditions([...base.list, ...over.list]),
  directives: [
    conditionSection('<If', 'Requests for which an expression holds.'),
    conditionSection('<ElseIf', 'The same where the conditions before it do not hold.'),
    elseSection,
  ],
});
