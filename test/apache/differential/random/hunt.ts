// From a seed to what differs: makes plots, drops what is refused, asks both servers, shrinks and prints.
import { formatCompared } from '../harness/compare-site.ts';
import { formatDifference, sameLines } from '../harness/line-difference.ts';
import { parseSite } from '../harness/site.ts';
import { PlotComparer, plotOf } from './compare-plots.ts';
import { formatSite } from './format-plots.ts';
import type { NamedPlot } from './format-plots.ts';
import { makePlot } from './make-plot.ts';
import { wholePlot } from './plot.ts';
import { shrinkPlot } from './shrink.ts';

/** Plots of a server: a start takes as long as some hundred requests. */
export const PLOTS = 30;

export interface HuntReport {
  readonly requests: number;
  readonly directivesRefused: number;
  /** For people, one for each difference. */
  readonly differences: readonly string[];
}

export interface HuntOptions {
  readonly folder: string;
  readonly plots: number;
  readonly shrinks: boolean;
}

/** Everything that both refuse alike is left out; where they do so otherwise it is told. */
async function settleRefusals(
  plots: readonly NamedPlot[],
  comparer: PlotComparer,
  differences: string[],
): Promise<{ left: NamedPlot[]; refused: number }> {
  let left = [...plots];
  let refused = 0;
  for (let refusal = await comparer.check(left); refusal !== undefined; refusal = await comparer.check(left)) {
    const { plot, node, httpd, perdura } = refusal;
    if (!sameLines(httpd, perdura)) {
      differences.push(
        `${plot ?? 'configuration'} | checked: ${JSON.stringify(node)}\n${formatDifference(httpd, perdura)}\n`,
      );
    }
    if (plot === undefined) {
      // Some complaints name no line: whoever is refused alone is left out.
      const before = left;
      left = [];
      for (const named of before) {
        const alone = await comparer.check([named]);
        if (alone === undefined || alone.node !== undefined) left.push(named);
      }
      if (left.length === before.length) return { left: [], refused };
      refused += before.length - left.length;
      continue;
    }
    refused++;
    left = left.flatMap((named) => {
      if (named.name !== plot) return [named];
      if (node === undefined) return [];
      return [{ ...named, cut: { ...named.cut, removed: new Set([...named.cut.removed, node]) } }];
    });
  }
  return { left, refused };
}

/** All plots of a seed. */
export async function hunt(seed: number, options: HuntOptions): Promise<HuntReport> {
  const comparer = new PlotComparer(options.folder);
  const differences: string[] = [];
  const plots = Array.from({ length: options.plots }, (_, index) => ({
    name: `p${index}`,
    cut: wholePlot(makePlot(seed * 1_000 + index)),
  }));
  const { left, refused } = await settleRefusals(plots, comparer, differences);
  if (left.length === 0) return { requests: 0, directivesRefused: refused, differences };
  const { requests, different } = await comparer.compare(left);
  const names = [...new Set(different.map(plotOf))];
  const site = parseSite(formatSite('Random plots', left), `seed ${seed}`, () => Buffer.alloc(0));
  for (const name of names) {
    const own = different.filter((compared) => plotOf(compared) === name);
    const cut = left.find((named) => named.name === name)?.cut;
    const small = options.shrinks && cut !== undefined ? await shrinkPlot(cut, comparer) : undefined;
    if (small === undefined) differences.push(own.map((compared) => formatCompared(site, compared)).join('\n'));
    else {
      const alone = { name: 'plot', cut: small };
      const again = await comparer.compare([alone]);
      const told = again.different.map((compared) =>
        formatCompared({ ...site, name: `seed ${seed} ${name}` }, compared),
      );
      differences.push(`${formatSite('A difference', [alone])}\n${told.join('\n')}`);
    }
  }
  return { requests, directivesRefused: refused, differences };
}
