// What a random site is made of, as parts that can be left out one by one. Many plots share a server: each has a virtual host and folders of its own.

/** Stands for the name of the plot wherever its text needs it: folders, hosts, logs. */
export const PLOT = '@PLOT@';

export interface DirectiveLine {
  readonly kind: 'line';
  readonly text: string;
}

export interface DirectiveSection {
  readonly kind: 'section';
  readonly name: string;
  readonly argument: string;
  readonly body: readonly DirectiveNode[];
}

export type DirectiveNode = DirectiveLine | DirectiveSection;

/** Where a directive stands: which families may be used there, and which sections. */
export type Place = 'host' | 'directory' | 'location' | 'files' | 'limit' | 'htaccess';

/** A file below the folder of the plot. */
export interface PlotFile {
  readonly path: string;
  /** In the notation of the corpus. */
  readonly bytes: string;
}

export interface AccessFile {
  readonly path: string;
  readonly body: readonly DirectiveNode[];
}

export interface RequestField {
  readonly line: string;
}

export interface PlannedRequest {
  readonly start: string;
  readonly fields: readonly RequestField[];
  /** Sent on a connection of its own where there is one. */
  readonly body: string | undefined;
}

export interface Plot {
  /** Sections outside of the virtual host. */
  readonly outside: readonly DirectiveNode[];
  readonly inside: readonly DirectiveNode[];
  readonly port: 'PORT' | 'OTHER_PORT';
  readonly files: readonly PlotFile[];
  readonly accessFiles: readonly AccessFile[];
  readonly requests: readonly PlannedRequest[];
}

/** Anything that can be left out of a plot. */
export type Part = DirectiveNode | PlotFile | AccessFile | PlannedRequest | RequestField;

/** A plot without some of its parts; a section that is `opened` is replaced by what stands in it. */
export interface CutPlot {
  readonly plot: Plot;
  readonly removed: ReadonlySet<Part>;
  readonly opened: ReadonlySet<Part>;
}

export function wholePlot(plot: Plot): CutPlot {
  return { plot, removed: new Set(), opened: new Set() };
}

export function line(text: string): DirectiveLine {
  return { kind: 'line', text };
}

export function section(name: string, argument: string, body: readonly DirectiveNode[]): DirectiveSection {
  return { kind: 'section', name, argument, body };
}

function partsOf(nodes: readonly DirectiveNode[], cut: CutPlot): Part[] {
  return nodes
    .filter((node) => !cut.removed.has(node))
    .flatMap((node) => [node, ...(node.kind === 'section' ? partsOf(node.body, cut) : [])]);
}

/** Everything that is still there and may go. */
export function leftParts(cut: CutPlot): Part[] {
  const { plot, removed } = cut;
  const isLeft = (part: Part): boolean => !removed.has(part);
  const requests = plot.requests.filter(isLeft);
  const accessFiles = plot.accessFiles.filter(isLeft);
  return [
    ...requests,
    ...accessFiles,
    ...plot.files.filter(isLeft),
    ...partsOf([...plot.outside, ...plot.inside, ...accessFiles.flatMap(({ body }) => body)], cut),
    ...requests.flatMap(({ fields }) => fields.filter(isLeft)),
  ];
}

/** The sections that are left and still stand around what is in them. */
export function closedSections(cut: CutPlot): DirectiveSection[] {
  return leftParts(cut).filter(
    (part): part is DirectiveSection => 'kind' in part && part.kind === 'section' && !cut.opened.has(part),
  );
}
