// Applies rules of mod_headers to a table of fields, in their order.
import { evaluate, EvaluationError } from '../expression/index.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { expressionScope } from '../request/expression-scope.ts';
import type { FieldTable } from '../request/field-table.ts';
import { spend } from '../request/work-budget.ts';
import { editValue } from './edit-value.ts';
import { checkValueLength, FieldMeter } from './field-meter.ts';
import type { FieldRule, RuleCondition } from './field-rule.ts';
import { listsValue } from './merge-token.ts';

/** Tables up to here are looked through for nothing. */
const SMALL_TABLE = 32;

/**
 * `early`: which of the rules, those that are marked so or the others.
 *
 * @throws FieldLimitError, MatchLimitError
 */
export function applyRules(
  rules: readonly FieldRule[],
  table: FieldTable,
  request: ApacheRequest,
  early: boolean,
): void {
  if (rules.length === 0) return;
  const meter = new FieldMeter();
  for (const rule of rules) {
    if (rule.early !== early) continue;
    if (rule.condition === undefined || holds(rule.condition, request)) applyRule(rule, table, request, meter);
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

function applyRule(rule: FieldRule, table: FieldTable, request: ApacheRequest, meter: FieldMeter): void {
  const { action, name } = rule;
  switch (action) {
    case 'set':
      setField(rule, table, request, meter);
      return;
    case 'setifempty':
      if (!table.has(name)) setField(rule, table, request, meter);
      return;
    case 'add':
      addField(table, name, rule.value!.expand(request), meter);
      return;
    case 'append':
      appendToField(table, name, rule.value!.expand(request), meter);
      return;
    case 'merge':
      mergeField(table, name, rule.value!.expand(request), meter);
      return;
    case 'unset':
      table.unset(name);
      if (isContentType(name, table, request)) request.contentType = undefined;
      return;
    case 'echo':
      // Whatever the condition says, it is the table of answers without error.
      for (const [sent, value] of request.headersIn) {
        if (rule.pattern!.test(sent, request.budget)) addField(request.headersOut, sent, value, meter);
      }
      return;
    case 'note':
      noteField(rule.value!.expand(request), table.get(name), request);
      return;
    case 'edit':
    case 'edit*':
      editFields(rule, table, request, meter);
  }
}

/** The type of the content is no field until the answer goes out: what is set here has to be known there. */
function isContentType(name: string, table: FieldTable, request: ApacheRequest): boolean {
  return name.length === 12 && name.toLowerCase() === 'content-type' && table !== request.headersIn;
}

function addField(table: FieldTable, name: string, value: string, meter: FieldMeter): void {
  meter.count(name, value.length);
  table.add(name, value);
}

function appendToField(table: FieldTable, name: string, value: string, meter: FieldMeter): void {
  const before = table.get(name);
  if (before !== undefined) checkValueLength(before.length + ', '.length + value.length);
  meter.count(name, value.length);
  table.merge(name, value);
}

function setField(rule: FieldRule, table: FieldTable, request: ApacheRequest, meter: FieldMeter): void {
  const value = rule.value!.expand(request);
  meter.count(rule.name, value.length);
  table.set(rule.name, value);
  if (isContentType(rule.name, table, request)) request.contentType = value === '' ? undefined : value;
}

function mergeField(table: FieldTable, name: string, value: string, meter: FieldMeter): void {
  const list = table.get(name);
  if (list === undefined) {
    addField(table, name, value, meter);
    return;
  }
  // What is looked through counts: it was counted when it was short, and may be looked through by every rule.
  meter.count(name, list.length);
  if (!listsValue(list, value)) appendToField(table, name, value, meter);
}

function noteField(note: string, value: string | undefined, request: ApacheRequest): void {
  if (value === undefined) request.notes.unset(note);
  else request.notes.set(note, value);
}

function editFields(rule: FieldRule, table: FieldTable, request: ApacheRequest, meter: FieldMeter): void {
  const { name } = rule;
  if (isContentType(name, table, request) && request.contentType !== undefined) {
    const edited = edit(rule, request.contentType, request);
    request.contentType = edited === '' ? undefined : edited;
  }
  if (!table.has(name)) return;
  if (table.size > SMALL_TABLE) spend(request, table.size);
  const key = name.toLowerCase();
  const edited: [name: string, value: string][] = [];
  for (const [present, value] of table) {
    if (present.toLowerCase() !== key) continue;
    const replaced = edit(rule, value, request);
    meter.count(present, replaced.length);
    edited.push([present, replaced]);
  }
  // Edited fields go to the end.
  if (edited.length > 0) table.unset(name);
  for (const [present, value] of edited) table.add(present, value);
}

function edit(rule: FieldRule, value: string, request: ApacheRequest): string {
  const template = rule.value!.expand(request);
  return editValue(value, rule.pattern!, template, rule.action === 'edit*', request.budget);
}
