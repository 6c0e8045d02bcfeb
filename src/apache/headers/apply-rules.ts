// Applies rules of mod_headers to a table of fields, in their order.
import { evaluate, EvaluationError } from '../expression/index.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { expressionScope } from '../request/expression-scope.ts';
import type { FieldTable } from '../request/field-table.ts';
import { editValue } from './edit-value.ts';
import type { FieldRule, RuleCondition } from './field-rule.ts';
import { listsValue } from './merge-token.ts';

/** `early`: which of the rules, those that are marked so or the others. */
export function applyRules(
  rules: readonly FieldRule[],
  table: FieldTable,
  request: ApacheRequest,
  early: boolean,
): void {
  for (const rule of rules) {
    if (rule.early !== early) continue;
    if (rule.condition === undefined || holds(rule.condition, request)) applyRule(rule, table, request);
  }
}

function holds(condition: RuleCondition, request: ApacheRequest): boolean {
  if (condition.kind === 'variable') return request.env.has(condition.name) === condition.set;
  try {
    return evaluate(condition.expression, expressionScope(request));
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const message = `AH01501: Failed to evaluate expression (${error.message}) - ignoring`;
    request.services.log(request, 'error', 'headers', message);
    // What is ignored is the condition, not the rule.
    return true;
  }
}

function applyRule(rule: FieldRule, table: FieldTable, request: ApacheRequest): void {
  const { action, name } = rule;
  switch (action) {
    case 'set':
      setField(rule, table, request);
      return;
    case 'setifempty':
      if (!table.has(name)) setField(rule, table, request);
      return;
    case 'add':
      table.add(name, rule.value!.expand(request));
      return;
    case 'append':
      table.merge(name, rule.value!.expand(request));
      return;
    case 'merge':
      mergeField(table, name, rule.value!.expand(request));
      return;
    case 'unset':
      table.unset(name);
      if (isContentType(name, table, request)) request.contentType = undefined;
      return;
    case 'echo':
      // Whatever the condition says, it is the table of answers without error.
      for (const [sent, value] of request.headersIn) {
        if (rule.pattern!.test(sent, request.budget)) request.headersOut.add(sent, value);
      }
      return;
    case 'note':
      noteField(rule.value!.expand(request), table.get(name), request);
      return;
    case 'edit':
    case 'edit*':
      editFields(rule, table, request);
  }
}

/** The type of the content is no field until the answer goes out: what is set here has to be known there. */
function isContentType(name: string, table: FieldTable, request: ApacheRequest): boolean {
  return name.length === 12 && name.toLowerCase() === 'content-type' && table !== request.headersIn;
}

function setField(rule: FieldRule, table: FieldTable, request: ApacheRequest): void {
  const value = rule.value!.expand(request);
  table.set(rule.name, value);
  if (isContentType(rule.name, table, request)) request.contentType = value === '' ? undefined : value;
}

function mergeField(table: FieldTable, name: string, value: string): void {
  const list = table.get(name);
  if (list === undefined) table.add(name, value);
  else if (!listsValue(list, value)) table.merge(name, value);
}

function noteField(note: string, value: string | undefined, request: ApacheRequest): void {
  if (value === undefined) request.notes.unset(note);
  else request.notes.set(note, value);
}

function editFields(rule: FieldRule, table: FieldTable, request: ApacheRequest): void {
  const { name } = rule;
  if (isContentType(name, table, request) && request.contentType !== undefined) {
    const edited = edit(rule, request.contentType, request);
    request.contentType = edited === '' ? undefined : edited;
  }
  const key = name.toLowerCase();
  const edited: [name: string, value: string][] = [];
  for (const [present, value] of table) {
    if (present.toLowerCase() === key) edited.push([present, edit(rule, value, request)]);
  }
  // Edited fields go to the end.
  if (edited.length > 0) table.unset(name);
  for (const [present, value] of edited) table.add(present, value);
}

function edit(rule: FieldRule, value: string, request: ApacheRequest): string {
  const template = rule.value!.expand(request);
  return editValue(value, rule.pattern!, template, rule.action === 'edit*', request.budget);
}
