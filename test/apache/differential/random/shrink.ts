// Makes a plot that is answered otherwise smaller: parts are left out as long as a difference is left. Candidates share a server, as plots do.
import { plotOf } from './compare-plots.ts';
import type { PlotComparer } from './compare-plots.ts';
import type { NamedPlot } from './format-plots.ts';
import { closedSections, leftParts } from './plot.ts';
import type { CutPlot, Part } from './plot.ts';

/** How many candidates are tried in one start of the servers. */
const AT_ONCE = 60;

function without(cut: CutPlot, parts: readonly Part[]): CutPlot {
  return { ...cut, removed: new Set([...cut.removed, ...parts]) };
}

/** Which of the candidates still differ. Those that are refused do not. */
async function whichDiffer(all: readonly CutPlot[], comparer: PlotComparer): Promise<Set<CutPlot>> {
  const differing = new Set<CutPlot>();
  const candidates = all.filter(({ plot, removed }) => plot.requests.some((request) => !removed.has(request)));
  for (let from = 0; from < candidates.length; from += AT_ONCE) {
    let named: NamedPlot[] = candidates.slice(from, from + AT_ONCE).map((cut, index) => ({ name: `p${index}`, cut }));
    for (let refusal = await comparer.check(named); refusal !== undefined; refusal = await comparer.check(named)) {
      const { plot } = refusal;
      if (plot === undefined) return differing;
      named = named.filter(({ name }) => name !== plot);
    }
    if (named.length === 0) continue;
    const { different } = await comparer.compare(named);
    const names = new Set(different.map(plotOf));
    for (const { name, cut } of named) if (names.has(name)) differing.add(cut);
  }
  return differing;
}

/** Leaves out as many of the runs as can go together, each of which can go alone. */
async function leaveOutTogether(
  cut: CutPlot,
  runs: readonly (readonly Part[])[],
  comparer: PlotComparer,
): Promise<CutPlot> {
  const sizes = [...new Set([1, 0.75, 0.5, 0.25, 0].map((share) => Math.max(1, Math.floor(runs.length * share))))];
  const candidates = sizes.map((size) => without(cut, runs.slice(0, size).flat()));
  const differing = await whichDiffer(candidates, comparer);
  return candidates.find((candidate) => differing.has(candidate)) ?? cut;
}

/** Tries to leave out runs of parts of a length. */
async function pass(cut: CutPlot, length: number, comparer: PlotComparer): Promise<CutPlot> {
  const parts = leftParts(cut);
  const runs = Array.from({ length: Math.ceil(parts.length / length) }, (_, index) => {
    const own = parts.slice(index * length, (index + 1) * length);
    return { own, cut: without(cut, own) };
  });
  const differing = await whichDiffer(
    runs.map((run) => run.cut),
    comparer,
  );
  const removable = runs.filter((run) => differing.has(run.cut)).map(({ own }) => own);
  return removable.length === 0 ? cut : await leaveOutTogether(cut, removable, comparer);
}

/** The smallest plot that was found; undefined where alone it is answered alike. */
export async function shrinkPlot(whole: CutPlot, comparer: PlotComparer): Promise<CutPlot | undefined> {
  const { requests, files } = whole.plot;
  // One request is enough, almost always.
  const single = requests.map((request) =>
    without(
      whole,
      requests.filter((other) => other !== request),
    ),
  );
  const differing = await whichDiffer([whole, ...single], comparer);
  let cut = [...single, whole].find((candidate) => differing.has(candidate));
  if (cut === undefined) return undefined;
  const bare = without(cut, files);
  if ((await whichDiffer([bare], comparer)).has(bare)) cut = bare;
  for (let length = Math.ceil(leftParts(cut).length / 4); ;) {
    const before: CutPlot = cut;
    cut = await pass(before, length, comparer);
    if (cut !== before) continue;
    if (length > 1) {
      length = Math.ceil(length / 4);
      continue;
    }
    const opened = closedSections(before).map((part) => ({ ...before, opened: new Set([...before.opened, part]) }));
    const still = await whichDiffer(opened, comparer);
    cut = opened.find((candidate) => still.has(candidate)) ?? before;
    if (cut === before) return cut;
  }
}
