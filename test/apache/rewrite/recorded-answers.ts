// What httpd answered, in files: a line of JSON for each answer, so that a change shows where it is.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RewriteAnswer } from './rewrite-case.ts';

/** By the name of the site, in the order of what was asked. */
export type Recorded = Record<string, RewriteAnswer[]>;

/** The tests run from build/. */
const FOLDER = path.resolve(import.meta.dirname, '../../../../test/apache/rewrite/recorded');

const fileOf = (table: string): string => path.join(FOLDER, `${table}.jsonl`);

export function readRecorded(table: string): Recorded {
  const recorded: Recorded = {};
  for (const line of readFileSync(fileOf(table), 'utf8').trim().split('\n')) {
    const [site, answer] = JSON.parse(line) as [site: string, answer: RewriteAnswer];
    (recorded[site] ??= []).push(answer);
  }
  return recorded;
}

export function writeRecorded(table: string, recorded: Recorded): void {
  const lines = Object.entries(recorded).flatMap(([site, answers]) =>
    answers.map((answer) => `${JSON.stringify([site, answer])}\n`),
  );
  writeFileSync(fileOf(table), lines.join(''));
}
