// mod_setenvif: variables that depend on what was asked for, and by whom. What a rule does is in ../environment.
import { applyVariableRules } from '../environment/apply-variable-rules.ts';
import { parseExpressionRule, parseRuleFor, parseSubjectRule } from '../environment/parse-variable-rule.ts';
import type { VariableRule } from '../environment/variable-rule.ts';
import { defineDirective } from '../module/directive.ts';
import type { DirectiveCall } from '../module/directive.ts';
import { expressionPlace } from '../module/expression-place.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';

/** In their order. Those of a server are applied when the head is read, those of a folder when the folder is known. */
type Rules = VariableRule[];

const merge = (base: Rules, over: Rules): Rules => [...base, ...over];

export const setenvif: ApacheModule<Rules, Rules> = defineModule<Rules, Rules>({
  name: 'mod_setenvif.c',
  identifier: 'setenvif_module',
  createServer: () => [],
  mergeServer: merge,
  createDirectory: () => [],
  mergeDirectory: merge,
  directives: [
    subjectDirective('SetEnvIf', false),
    subjectDirective('SetEnvIfNoCase', true),
    browserDirective('BrowserMatch', false),
    browserDirective('BrowserMatchNoCase', true),
    defineDirective({
      name: 'SetEnvIfExpr',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      arguments: 'raw',
      tier: 3,
      usage: 'Expression followed by list of variables to set.',
      summary: 'Sets variables where an expression is true.',
      apply: (call) =>
        rulesOf(call).push(parseExpressionRule(call.words[0]!, 'SetEnvIfExpr', expressionPlace(call.scope))),
    }),
  ],
  hooks: {
    postReadRequest(request) {
      applyVariableRules(setenvif.ofServer(request.host.server), request);
      return undefined;
    },
    headerParser(request) {
      applyVariableRules(setenvif.ofDirectory(request.directoryConfig), request);
      return undefined;
    },
  },
});

function subjectDirective(name: string, ignoreCase: boolean): ReturnType<typeof defineDirective<Rules, Rules>> {
  return defineDirective<Rules, Rules>({
    name,
    contexts: ['server', 'directory', 'htaccess'],
    override: ['FileInfo'],
    arguments: 'raw',
    tier: 1,
    usage: 'A header-name, regex and a list of variables.',
    summary: `Sets variables by a field, an address or another fact of the request${ignoreCase ? ', whatever its case' : ''}.`,
    apply(call) {
      const rules = rulesOf(call);
      rules.push(parseSubjectRule(call.words[0]!, { name, ignoreCase }, lastSubject(rules)));
    },
  });
}

function browserDirective(name: string, ignoreCase: boolean): ReturnType<typeof defineDirective<Rules, Rules>> {
  return defineDirective<Rules, Rules>({
    name,
    contexts: ['server', 'directory', 'htaccess'],
    override: ['FileInfo'],
    arguments: 'raw',
    tier: 1,
    usage: 'A browser regex and a list of variables.',
    summary: `Sets variables by the User-Agent field${ignoreCase ? ', whatever its case' : ''}.`,
    apply(call) {
      const rules = rulesOf(call);
      rules.push(parseRuleFor('User-Agent', call.words[0]!, { name, ignoreCase }, lastSubject(rules)));
    },
  });
}

function rulesOf(call: DirectiveCall<Rules, Rules>): Rules {
  return call.scope.path === undefined ? call.server : call.directory;
}

/** Rules that look at an expression stand between others without effect on what those remember. */
function lastSubject(rules: Rules): string | undefined {
  return rules.findLast((rule) => rule.kind === 'subject')?.name;
}
