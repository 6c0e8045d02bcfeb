// Plots on both servers, all of them in one site: what differs, by the plot that it belongs to; and what one of them refuses.
import path from 'node:path';
import { tellCheck, writeCheckedConfiguration } from '../harness/checked-configuration.ts';
import { CHECKING_HTTPD, CHECKING_PERDURA } from '../harness/checking-programs.ts';
import { agrees, compareSite } from '../harness/compare-site.ts';
import type { Compared } from '../harness/compare-site.ts';
import { sameLines } from '../harness/line-difference.ts';
import { PERDURA, REAL_HTTPD } from '../harness/programs.ts';
import { countRequests, parseSite } from '../harness/site.ts';
import { formatConfigurationLines, formatSite } from './format-plots.ts';
import type { NamedPlot } from './format-plots.ts';
import type { DirectiveNode } from './plot.ts';

/** A configuration that is not taken, or with words: the line of it that is complained of, and what both say. */
export interface Refusal {
  readonly plot: string | undefined;
  readonly node: DirectiveNode | undefined;
  readonly httpd: readonly string[];
  readonly perdura: readonly string[];
}

export interface PlotsCompared {
  readonly requests: number;
  readonly different: readonly Compared[];
}

/** The name of the plot that a part of the comparison belongs to. */
export function plotOf(compared: Compared): string {
  return /^\w+/.exec(compared.part)?.[0] ?? '';
}

/** A request on a new connection may be told before the one that closed the connection before it: lines of logs have no order here. */
function sorted(compared: Compared): Compared {
  const isLog = compared.request === '';
  return isLog ? { ...compared, one: compared.one.toSorted(), other: compared.other.toSorted() } : compared;
}

export class PlotComparer {
  readonly #folder: string;
  #runs = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What both say to the configuration; undefined where both take it without a word. */
  async check(plots: readonly NamedPlot[]): Promise<Refusal | undefined> {
    const lines = formatConfigurationLines(plots);
    const folder = path.join(this.#folder, 'checked');
    const defines = [
      'Define SITE "${SITE_FOLDER}"',
      'Define LOGS logs',
      'Define PORT 20001',
      'Define OTHER_PORT 20002',
    ];
    const text = [...defines.map((each) => each.replace('${SITE_FOLDER}', folder)), ...lines.map((each) => each.text)];
    const files = new Map([
      ['httpd.conf', Buffer.from(text.map((each) => `${each}\n`).join(''))],
      ['logs/x', Buffer.alloc(0)],
      ...plots.map(({ name }) => [`${name}/www/x`, Buffer.alloc(0)] as const),
    ]);
    const written = writeCheckedConfiguration({ name: 'plots', files }, folder, path.join(this.#folder, 'common.conf'));
    const httpd = await tellCheck(CHECKING_HTTPD, written);
    const perdura = await tellCheck(CHECKING_PERDURA, written);
    if (httpd[0] === 'exit 0' && sameLines(httpd, perdura)) return undefined;
    // The four lines of the harness come first.
    const at = /on line (\d+) of/.exec((httpd[0] === 'exit 0' ? perdura : httpd).join('\n'))?.[1];
    const found = at === undefined ? undefined : lines[Number(at) - 1 - 4 - defines.length];
    return { plot: found?.plot, node: found?.node, httpd, perdura };
  }

  /** Lays the plots out, starts both servers and asks. Throws where one of them does not start. */
  async compare(plots: readonly NamedPlot[]): Promise<PlotsCompared> {
    const site = parseSite(formatSite('Random plots', plots), `random-${++this.#runs}`, () => Buffer.alloc(0));
    const all = await compareSite(site, [REAL_HTTPD, PERDURA], this.#folder);
    return { requests: countRequests(site), different: all.filter((compared) => !agrees(sorted(compared))) };
  }
}
