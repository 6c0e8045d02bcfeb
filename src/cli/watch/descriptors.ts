// Whether the process may open as many connections as there are targets, asked before the first is opened.
import type { ProcessResources } from '../../io/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { formatCount } from './figures.ts';

/** For files, standard streams, the event loop, scrapes of the metrics and commands of --on-change. */
const SPARE_DESCRIPTORS = 64;

/**
 * @param opening Targets whose connection is opened at the same time: where a name has several addresses, two are tried side by side.
 * @throws CommandError that says how many are needed and how to get them.
 */
export function checkDescriptors(targets: number, opening: number, resources: ProcessResources): void {
  const { descriptorLimit } = resources;
  const used = resources.countDescriptors(0) ?? 0;
  const needed = used + targets + Math.min(targets, opening) + SPARE_DESCRIPTORS;
  if (needed <= descriptorLimit) return;
  throw new CommandError(
    EXIT_CODES.usage,
    `${formatCount(targets)} targets need about ${formatCount(needed)} file descriptors, and this process may open ${formatCount(descriptorLimit)}: ` +
      `raise the limit (ulimit -n ${needed}, or LimitNOFILE=${needed} of systemd), or watch fewer.`,
  );
}
