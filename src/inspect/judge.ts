// From measurements to findings and a verdict. Pure: the same report for the same numbers.
import { CATALOGUE, FINDING_IDS } from './catalogue/catalogue.ts';
import type { FindingLevel, JudgedFacts } from './catalogue/catalogue.ts';
import type { CheckOutcome, Finding, Verdict } from './inspection-report.ts';

const LEVELS: readonly FindingLevel[] = ['bad', 'warn', 'info'];

/** All findings that apply, the worst first, each with the connections that show it. */
export function judge(facts: JudgedFacts, outcomes: readonly CheckOutcome[]): Finding[] {
  const findings: Finding[] = [];
  for (const id of FINDING_IDS) {
    const { seenBy, rule, ...said } = CATALOGUE[id];
    const detail = rule(facts);
    if (detail === undefined) continue;
    const connections = outcomes.flatMap((outcome) => (seenBy.includes(outcome.id) ? outcome.connections : []));
    findings.push({ id, ...said, detail, connections });
  }
  return findings.toSorted((left, right) => LEVELS.indexOf(left.level) - LEVELS.indexOf(right.level));
}

/** What good to know is does not make a server worse. */
export function decideVerdict(findings: readonly Finding[]): Verdict {
  const levels = findings.map(({ level }) => level);
  return levels.includes('bad') ? 'bad' : levels.includes('warn') ? 'warn' : 'good';
}
