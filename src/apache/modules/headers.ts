// mod_headers: fields of answers and requests that the configuration sets, changes and removes. What a rule does is in ../headers.
import { applyRules } from '../headers/apply-rules.ts';
import { FieldLimitError } from '../headers/field-meter.ts';
import type { FieldRule, FieldRules } from '../headers/field-rule.ts';
import { parseRule } from '../headers/parse-rule.ts';
import { defineDirective } from '../module/directive.ts';
import type { DirectiveCall } from '../module/directive.ts';
import { expressionPlace } from '../module/expression-place.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { MatchLimitError } from '../regex/index.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import type { FieldTable } from '../request/field-table.ts';
import { FILTER_ORDER } from '../request/output-filter.ts';
import type { OutputFilter } from '../request/output-filter.ts';

/** `Header` as an output filter: it sees what mod_expires and mod_deflate have set. */
const FIELDS_FILTER: OutputFilter<ApacheRequest> = {
  name: 'FIXUP_HEADERS_OUT',
  order: FILTER_ORDER.fields,
  run(request) {
    const rules = headers.ofDirectory(request.directoryConfig);
    return (
      applyWithin(rules.always, request.errorHeadersOut, request, false) ??
      applyWithin(rules.onSuccess, request.headersOut, request, false)
    );
  },
};

/** The same for errors, which have the fields of `always` alone. */
const ERROR_FIELDS_FILTER: OutputFilter<ApacheRequest> = {
  name: 'FIXUP_HEADERS_ERR',
  order: FILTER_ORDER.fields,
  run(request) {
    return applyWithin(headers.ofDirectory(request.directoryConfig).always, request.errorHeadersOut, request, false);
  },
};

export const headers: ApacheModule<null, FieldRules> = defineModule<null, FieldRules>({
  name: 'mod_headers.c',
  identifier: 'headers_module',
  createDirectory: () => ({ onSuccess: [], always: [], request: [] }),
  mergeDirectory: (base, over) => ({
    onSuccess: [...base.onSuccess, ...over.onSuccess],
    always: [...base.always, ...over.always],
    request: [...base.request, ...over.request],
  }),
  directives: [
    defineDirective({
      name: 'Header',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      arguments: 'raw',
      tier: 1,
      usage: 'an optional condition, an action, header and value followed by optional env clause',
      summary: 'Sets, changes or removes fields of answers.',
      apply: (call) => addRule(call, 'Header'),
    }),
    defineDirective({
      name: 'RequestHeader',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      arguments: 'raw',
      tier: 1,
      usage: 'an action, header and value followed by optional env clause',
      summary: 'Sets, changes or removes fields of requests.',
      apply: (call) => addRule(call, 'RequestHeader'),
    }),
  ],
  hooks: {
    postReadRequest(request) {
      const rules = headers.ofDirectory(request.directoryConfig);
      return (
        applyWithin(rules.request, request.headersIn, request, true) ??
        applyWithin(rules.always, request.errorHeadersOut, request, true) ??
        applyWithin(rules.onSuccess, request.headersOut, request, true)
      );
    },
    fixups(request) {
      return applyWithin(headers.ofDirectory(request.directoryConfig).request, request.headersIn, request, false);
    },
    insertFilter(request) {
      const rules = headers.ofDirectory(request.directoryConfig);
      if (rules.onSuccess.length > 0 || rules.always.length > 0) request.outputFilters.push(FIELDS_FILTER);
    },
    insertErrorFilter(request) {
      if (headers.ofDirectory(request.directoryConfig).always.length > 0) {
        request.outputFilters.push(ERROR_FIELDS_FILTER);
      }
    },
  },
});

function addRule(call: DirectiveCall<null, FieldRules>, directive: 'Header' | 'RequestHeader'): void {
  const { table, rule } = parseRule(call.words[0]!, directive, expressionPlace(call.scope));
  call.directory[table].push(rule);
}

/** 500 and a line of the error log where rules write more than they may, or their expressions take too much work. */
function applyWithin(
  rules: readonly FieldRule[],
  table: FieldTable,
  request: ApacheRequest,
  early: boolean,
): 500 | undefined {
  try {
    applyRules(rules, table, request, early);
    return undefined;
  } catch (error) {
    if (!(error instanceof FieldLimitError) && !(error instanceof MatchLimitError)) throw error;
    const message = `the header rules for ${request.path} were given up: ${error.message}`;
    request.services.log(request, 'error', 'headers', message);
    // What was written until then would go out with the error.
    if (table === request.errorHeadersOut) table.clear();
    return 500;
  }
}
