// How much of its descriptors and its memory this process uses. Files of the kernel and `process` are read here, so that everybody else
// can be given something to read instead.
import { readdirSync, readFileSync, statSync } from 'node:fs';

/** What a process uses of what it may use. Looked at once a second at the most. */
export interface ProcessResources {
  /** File descriptors that the process may have open; Infinity where that cannot be found out. */
  readonly descriptorLimit: number;
  /** File descriptors that are open, `sockets` of them known to the caller; undefined where that cannot be found out. */
  countDescriptors(sockets: number): number | undefined;
  /** Resident bytes. */
  residentBytes(): number;
}

const OWN_DESCRIPTORS = '/proc/self/fd';
const OWN_LIMITS = '/proc/self/limits';

/** The soft limit in the text of /proc/self/limits; Infinity where there is none. Node.js raises it to the hard one at its start. */
export function parseDescriptorLimit(limits: string): number {
  const [, soft] = /^Max open files +(\d+) /m.exec(limits) ?? [];
  return soft === undefined ? Infinity : Number(soft);
}

/** This process, on Linux; elsewhere only its memory is known. */
export class OwnResources implements ProcessResources {
  readonly descriptorLimit: number;
  /** Descriptors that are no sockets of the caller, where they could be counted only once: while there were few. */
  #beside: number | undefined;

  constructor() {
    this.descriptorLimit = readDescriptorLimit();
  }

  countDescriptors(sockets: number): number | undefined {
    if (this.descriptorLimit === Infinity) return undefined;
    // Since Linux 6.2 the size of the folder is the number of its entries. To read the folder takes a tenth of a second where there are
    // ten thousand, so older kernels are asked once and the difference is taken to stay.
    try {
      const { size } = statSync(OWN_DESCRIPTORS);
      if (size > 0) return size;
      this.#beside ??= Math.max(0, readdirSync(OWN_DESCRIPTORS).length - sockets);
      return this.#beside + sockets;
    } catch {
      // To open the folder takes a descriptor, too: perhaps there is none left.
      return this.descriptorLimit;
    }
  }

  residentBytes(): number {
    return process.memoryUsage.rss();
  }
}

function readDescriptorLimit(): number {
  try {
    statSync(OWN_DESCRIPTORS);
    return parseDescriptorLimit(readFileSync(OWN_LIMITS, 'latin1'));
  } catch {
    // Another system, or a sandbox without /proc.
    return Infinity;
  }
}
