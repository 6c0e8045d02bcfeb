// The real httpd and the product side by side under one configuration, for as many streams as anybody wants to send.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { layOutSite } from '../harness/lay-out-site.ts';
import { sameLines } from '../harness/line-difference.ts';
import { PERDURA, REAL_HTTPD } from '../harness/programs.ts';
import type { ServerProgram } from '../harness/server-program.ts';
import { Side } from '../harness/side.ts';
import { sendStream } from './send-stream.ts';
import type { WireStream } from './stream.ts';
import { tellReceived } from './tell-received.ts';
import { siteOf } from './wire-site.ts';
import type { WireConfiguration } from './wire-site.ts';

/** What both said to a stream. */
export interface Heard {
  readonly one: readonly string[];
  readonly other: readonly string[];
}

/** A machine that did something else for a moment is no difference: what differs is asked again, and given more time each time. */
const ATTEMPTS = 6;
const PATIENCE = 3;
const MOST_PATIENT_MS = 3_000;

export class TwoServers {
  readonly #configuration: WireConfiguration;
  readonly #sides: readonly Side[];
  readonly #folder: string;
  /** Differences that did not come again. */
  passing = 0;

  private constructor(configuration: WireConfiguration, sides: readonly Side[], folder: string) {
    this.#configuration = configuration;
    this.#sides = sides;
    this.#folder = folder;
  }

  /** Everything that is written goes below `folder`, where the common files are. */
  static async start(
    configuration: WireConfiguration,
    folder: string,
    programs: readonly [ServerProgram, ServerProgram] = [REAL_HTTPD, PERDURA],
  ): Promise<TwoServers> {
    const site = siteOf(configuration);
    const siteFolder = path.join(folder, site.name);
    layOutSite(site, siteFolder);
    const sides = await Promise.all(
      programs.map((program) => {
        const own = path.join(folder, `${site.name}.${program.name}`);
        mkdirSync(own, { recursive: true });
        return Side.start(program, siteFolder, own);
      }),
    );
    return new TwoServers(configuration, sides, siteFolder);
  }

  /** Undefined where both said the same. */
  async compare(stream: WireStream): Promise<Heard | undefined> {
    let heard: Heard | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { quietMs } = this.#configuration;
      heard = await this.#hear(stream, Math.max(quietMs, Math.min(quietMs * PATIENCE ** attempt, MOST_PATIENT_MS)));
      if (sameLines(heard.one, heard.other)) {
        if (attempt > 0) this.passing += 1;
        return undefined;
      }
    }
    return heard;
  }

  /** What went wrong within one of the servers, as it told its log. */
  failures(): string[] {
    return this.#sides.flatMap((side) =>
      side.logLines('error.log').filter((line) => /:(?:crit|alert|emerg)\]/.test(line)),
    );
  }

  async #hear(stream: WireStream, quietMs: number): Promise<Heard> {
    const [one = [], other = []] = await Promise.all(
      this.#sides.map(async ({ facts }) => tellReceived(await sendStream(stream, facts.ports.PORT, quietMs), facts)),
    );
    return { one, other };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sides.map((side) => side.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
