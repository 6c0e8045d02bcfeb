// Runs a site on both sides and tells where they differ.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { converse } from './converse.ts';
import { layOutSite } from './lay-out-site.ts';
import { formatDifference, sameLines } from './line-difference.ts';
import { normaliseAccessLine, normaliseErrorLines } from './log-lines.ts';
import { Side } from './side.ts';
import type { ServerProgram } from './server-program.ts';
import type { Site } from './site.ts';
import { tellOutcome } from './tell-outcome.ts';

/** Something that was compared: what a request brought, or a log. */
export interface Compared {
  /** The conversation, or the name of a log. */
  readonly part: string;
  /** The request line of the step; empty for logs. */
  readonly request: string;
  readonly one: readonly string[];
  readonly other: readonly string[];
}

/** What both sides said to everything that the site asks, in order. The folder is made, and removed again. */
export async function compareSite(
  site: Site,
  programs: readonly [ServerProgram, ServerProgram],
  folder: string,
): Promise<Compared[]> {
  const siteFolder = path.join(folder, site.name);
  layOutSite(site, siteFolder);
  try {
    const [one, other] = await Promise.all(
      programs.map((program) => runSide(site, program, siteFolder, path.join(folder, `${site.name}.${program.name}`))),
    );
    return [...(one ?? new Map<string, readonly string[]>())].map(([key, lines]) => {
      const [part = '', request = ''] = key.split('\n');
      return { part, request, one: lines, other: other?.get(key) ?? [] };
    });
  } finally {
    rmSync(siteFolder, { recursive: true, force: true });
  }
}

/** Whether both said the same. */
export function agrees(compared: Compared): boolean {
  return sameLines(compared.one, compared.other);
}

/** A difference for people: where it is, then the lines of both, `-` of the first side and `+` of the second. */
export function formatCompared(site: Site, compared: Compared): string {
  const request = compared.request === '' ? '' : ` | ${compared.request}`;
  return `${site.name} | ${compared.part}${request}\n${formatDifference(compared.one, compared.other)}\n`;
}

async function runSide(
  site: Site,
  program: ServerProgram,
  siteFolder: string,
  folder: string,
): Promise<Map<string, readonly string[]>> {
  mkdirSync(folder, { recursive: true });
  const side = await Side.start(program, siteFolder, folder);
  const told = new Map<string, readonly string[]>();
  try {
    const heard = site.conversations.map(() => new Map<string, readonly string[]>());
    const left = site.conversations.entries();
    const hold = async (): Promise<void> => {
      for (const [index, conversation] of left) {
        const outcomes = await converse(conversation, side.facts.ports[conversation.port]);
        for (const [step, outcome] of outcomes.entries()) {
          heard[index]?.set(`${conversation.name}\n${step + 1}: ${outcome.name}`, tellOutcome(outcome, side.facts));
        }
      }
    };
    await Promise.all(Array.from({ length: site.atOnce }, hold));
    for (const [key, lines] of heard.flatMap((each) => [...each])) told.set(key, lines);
  } finally {
    await side.stop();
  }
  for (const log of site.accessLogs) {
    told.set(
      log,
      side.logLines(log).map((line) => normaliseAccessLine(line, side.facts)),
    );
  }
  for (const log of site.errorLogs) told.set(log, normaliseErrorLines(side.logLines(log), 'all', side.facts));
  if (site.errorLog !== 'none') {
    told.set('error.log', normaliseErrorLines(side.logLines('error.log'), site.errorLog, side.facts));
  }
  rmSync(folder, { recursive: true, force: true });
  return told;
}
