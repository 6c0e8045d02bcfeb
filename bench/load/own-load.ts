// Load from a small generator of our own, for machines without wrk or h2load. It costs more of a core than they do.
import type { Settings } from '../line.ts';
import { Child } from '../process/child.ts';
import { formatRequestHead } from '../request-heads.ts';
import type { Load } from './load.ts';

/** What generator.ts is asked. */
export interface GeneratorQuestion {
  readonly port: number;
  readonly connections: number;
  readonly depth: number;
  readonly head: string;
  readonly milliseconds: number;
}

/** Requests per second. */
export async function runOwnLoad(settings: Settings, port: number, load: Load): Promise<number> {
  const child = await Child.start({ program: 'load/generator', prefix: settings.pinning.load });
  try {
    const question: GeneratorQuestion = {
      port,
      connections: load.connections,
      depth: load.depth,
      head: formatRequestHead(load.path, `127.0.0.1:${port}`, load.fields),
      milliseconds: settings.seconds * 1000,
    };
    return await child.ask<number>('generate', question);
  } finally {
    await child.stop();
  }
}
