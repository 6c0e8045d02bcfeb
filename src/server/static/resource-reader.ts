// Reads one path: from memory where it was looked at just now, else from the disk. Owns every open file until a body takes it over.
import { BodyError } from '../../errors.ts';
import type { Answer } from '../handler.ts';
import { isCompressedName, isOutdatedSibling, SIBLING_CODINGS } from './content-coding.ts';
import { answerError } from './error-answer.ts';
import { FileBody } from './file-body.ts';
import { openFile, type OpenFile, type OpenOutcome } from './open-file.ts';
import type { ResolvedStaticOptions } from './options.ts';
import type { AnswerPlan, RepresentationPlan } from './plan-answer.ts';
import { describeResource, isSameFile, type FoundFile, type Representation, type Resource } from './representation.ts';
import { ResourceCache } from './resource-cache.ts';
import type { RootFolder } from './root-folder.ts';

/** How often a small file that is cut while it is read is read anew: whoever rewrites it in place is done by then. */
const READ_ATTEMPTS = 3;

/** Plans the answer to one request from what is known of a file. */
export type AnswerPlanner = (resource: Resource) => AnswerPlan;

/** What reading a path came to: an answer, or why there is none. */
export type ReadOutcome = { readonly kind: 'answer'; readonly answer: Answer } | Exclude<OpenOutcome, { kind: 'file' }>;

/** One reading of a path. */
interface Reading {
  readonly path: string;
  readonly method: string;
  readonly planner: AnswerPlanner;
  /** Monotonic milliseconds from before anything was looked at: what is remembered is never older than it claims. */
  readonly loadedAtMs: number;
}

/** The files of one root. */
export class ResourceReader {
  readonly #root: RootFolder;
  readonly #options: ResolvedStaticOptions;
  readonly #cache: ResourceCache | undefined;
  /** Paths that are being read, so that a burst on one file is one reading. They settle without an error. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(root: RootFolder, options: ResolvedStaticOptions) {
    this.#root = root;
    this.#options = options;
    this.#cache = options.memory && new ResourceCache(options.memory);
  }

  /** The answer, where everything that it takes is in memory. */
  recall(path: string, method: string, planner: AnswerPlanner): Answer | undefined {
    if (!this.#cache) return undefined;
    const resource = this.#cache.get(path, this.#options.clock.nowMs());
    if (!resource) return undefined;
    const plan = planner(resource);
    if (plan.kind === 'error') return answerError(plan.status, method, this.#options.headers, plan.fields);
    // Not before it was opened once: it may be unreadable, or a link that leads out.
    if (!plan.representation.verified) return undefined;
    if (!plan.part || method === 'HEAD') return answerWith(plan, null);
    return plan.representation.content && answerWith(plan, plan.representation.content);
  }

  /** Reads from the disk, unless somebody else is doing so and leaves it in memory. Rejects with what is not foreseen. */
  async read(path: string, method: string, planner: AnswerPlanner): Promise<ReadOutcome> {
    if (!this.#cache) return this.#readAnew(path, method, planner);
    const underWay = this.#underWay.get(path);
    if (underWay) {
      await underWay;
      const answer = this.recall(path, method, planner);
      if (answer) return { kind: 'answer', answer };
    }
    const reading = this.#readAnew(path, method, planner);
    const settled = reading.then(ignore, ignore);
    this.#underWay.set(path, settled);
    try {
      return await reading;
    } finally {
      if (this.#underWay.get(path) === settled) this.#underWay.delete(path);
    }
  }

  async #readAnew(path: string, method: string, planner: AnswerPlanner): Promise<ReadOutcome> {
    const located = this.#root.locate(path);
    for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt++) {
      const reading: Reading = { path, method, planner, loadedAtMs: this.#options.clock.nowMs() };
      // At the same time, although most files have no siblings: another round through the thread pool costs more than two calls.
      const [opened, siblings] = await Promise.all([openFile(this.#root, located), this.#findSiblings(located)]);
      if (opened.kind !== 'file') return opened;
      const answer = await this.#answerOpened(reading, opened.file, siblings);
      if (answer) return { kind: 'answer', answer };
    }
    throw new BodyError(`${located} became shorter while it was read, ${READ_ATTEMPTS} times in a row.`);
  }

  async #findSiblings(located: string): Promise<FoundFile[]> {
    if (!this.#options.precompressed || isCompressedName(located)) return [];
    const found = await Promise.all(
      SIBLING_CODINGS.map(async ({ coding, suffix }) => {
        const facts = await this.#root.calls.factsAt(located + suffix);
        return facts?.kind === 'file' ? { coding, path: located + suffix, facts } : undefined;
      }),
    );
    return found.filter((sibling) => sibling !== undefined);
  }

  /** Answers from the file that was opened, or from the sibling that is preferred; undefined where the small file was cut meanwhile. */
  async #answerOpened(reading: Reading, original: OpenFile, siblings: FoundFile[]): Promise<Answer | undefined> {
    const { facts } = original;
    const found: FoundFile[] = [
      { coding: 'identity', path: this.#root.locate(reading.path), facts },
      ...siblings.filter((sibling) => !isOutdatedSibling(sibling.facts.modifiedMs, facts.modifiedMs)),
    ];
    let resource = this.#describe(reading.path, found);
    resource = this.#cache?.keep(reading.path, resource, reading.loadedAtMs) ?? resource;
    let file: OpenFile | undefined = original;
    try {
      for (;;) {
        const plan = reading.planner(resource);
        if (plan.kind === 'error') return answerError(plan.status, reading.method, this.#options.headers, plan.fields);
        const { representation } = plan;
        if (representation.coding !== 'identity') {
          const sibling = await this.#openSibling(representation);
          if (!sibling) {
            // As if it were not there: the plain file is always a right answer.
            resource = this.#describe(
              reading.path,
              resource.representations.filter((other) => other !== representation),
            );
            this.#cache?.replace(reading.path, resource, reading.loadedAtMs);
            continue;
          }
          file.close();
          file = sibling;
        }
        if (!plan.part || reading.method === 'HEAD') return answerWith(plan, null);
        if (representation.facts.sizeBytes > this.#options.smallFileBytes) {
          const body = new FileBody(file, plan.part.firstByte, plan.part.endByte, this.#options.chunkBytes);
          file = undefined;
          return { status: plan.status, headers: plan.fields, body };
        }
        const content = representation.content ?? (await readContent(file));
        if (!content) return undefined;
        this.#cache?.fill(reading.path, resource, representation, content);
        return answerWith(plan, content);
      }
    } finally {
      file?.close();
    }
  }

  /** Undefined where it may not be served after all, or is no longer the file that was looked at. */
  async #openSibling(representation: Representation): Promise<OpenFile | undefined> {
    const opened = await openFile(this.#root, representation.path);
    if (opened.kind !== 'file') return undefined;
    representation.verified = isSameFile(opened.file.facts, representation.facts);
    if (representation.verified) return opened.file;
    opened.file.close();
    return undefined;
  }

  #describe(path: string, found: readonly FoundFile[]): Resource {
    const { headers, cacheControl, clock } = this.#options;
    return describeResource(found, {
      urlPath: path,
      headers,
      cacheControl: cacheControl(path),
      wallMs: clock.wallMs(),
    });
  }
}

/** All bytes of a small file, undefined where they are fewer than its size said. */
async function readContent(file: OpenFile): Promise<Uint8Array | undefined> {
  const { sizeBytes } = file.facts;
  // Of its own, not a slice of the pool: what is remembered must not hold on to more than is counted.
  const content = Buffer.allocUnsafeSlow(sizeBytes);
  return (await file.read(content, sizeBytes, 0)) === sizeBytes ? content : undefined;
}

function answerWith({ status, fields, part }: RepresentationPlan, content: Uint8Array | null): Answer {
  const isWhole = !part || !content || part.endByte - part.firstByte === content.byteLength;
  return { status, headers: fields, body: isWhole ? content : content.subarray(part.firstByte, part.endByte) };
}

function ignore(): void {}
