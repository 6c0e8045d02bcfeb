// From a request to an answer: which path is meant, which file answers for it, and what is said where none does.
// Reads no file itself (resource-reader) and decides nothing about fields (plan-answer).
import type { Answer } from '../handler.ts';
import { CodingNegotiator } from './content-coding.ts';
import { answerError, answerFolderRedirect, answerOtherMethod, type ErrorStatus } from './error-answer.ts';
import type { ResolvedStaticOptions } from './options.ts';
import { planAnswer, planErrorPage } from './plan-answer.ts';
import { ResourceReader, type AnswerPlanner } from './resource-reader.ts';
import { formatFolderLocation, readRequestTarget, resolvePath, type RequestTarget } from './resolve-path.ts';
import type { RootFolder } from './root-folder.ts';

/** One root with its options and its memory. */
export class StaticFiles {
  readonly #root: RootFolder;
  readonly #options: ResolvedStaticOptions;
  readonly #reader: ResourceReader;
  readonly #negotiator = new CodingNegotiator();

  constructor(root: RootFolder, options: ResolvedStaticOptions) {
    this.#root = root;
    this.#options = options;
    this.#reader = new ResourceReader(root, options);
  }

  /** Answers a request; at once, without a promise, where the file is in memory. */
  answer(request: Request): Answer | Promise<Answer> {
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD') return answerOtherMethod(method, this.#options.headers);
    const answer = this.#answerFile(request, method);
    const { onError } = this.#options;
    if (!onError || !(answer instanceof Promise)) return answer;
    return answer.catch((error: unknown) => {
      onError(error, request);
      return answerError(500, method, this.#options.headers);
    });
  }

  #answerFile(request: Request, method: string): Answer | Promise<Answer> {
    const target = readRequestTarget(request.url);
    if (!target) return this.#refuse(400, method);
    const resolved = resolvePath(target.path, this.#root.windows);
    if (resolved.kind === 'refused') return this.#refuse(resolved.status, method);

    const paths = resolved.kind === 'file' ? [resolved.path] : this.#options.index.map((name) => resolved.path + name);
    const [first] = paths;
    if (first === undefined) return this.#refuse(404, method);
    const planner: AnswerPlanner = (resource) => planAnswer(request, resource, this.#negotiator);
    return this.#reader.recall(first, method, planner) ?? this.#answerFromDisk(target, paths, method, planner);
  }

  async #answerFromDisk(
    target: RequestTarget,
    paths: readonly string[],
    method: string,
    planner: AnswerPlanner,
  ): Promise<Answer> {
    for (const path of paths) {
      // One after the other: a later index name counts only where the ones before it are missing.
      const outcome = await this.#reader.read(path, method, planner);
      if (outcome.kind === 'answer') return outcome.answer;
      if (outcome.kind === 'folder' && !target.path.endsWith('/')) return this.#redirectToFolder(target, path, method);
      if (outcome.kind === 'refused' && outcome.status !== 404) return this.#refuse(outcome.status, method);
    }
    return this.#refuse(404, method);
  }

  /**
   * A folder without an index is 404 and not 403, with its slash or without: there is nothing that anybody could be allowed to
   * see, and which folders exist is not told (RFC 9110 §15.5.4). So there is no redirect to it either.
   */
  async #redirectToFolder(target: RequestTarget, path: string, method: string): Promise<Answer> {
    const { index, headers } = this.#options;
    const indexes = index.map((name) => this.#root.calls.factsAt(this.#root.locate(`${path}/${name}`)));
    const exists = (await Promise.all(indexes)).some((facts) => facts?.kind === 'file');
    if (!exists) return this.#refuse(404, method);
    const location = formatFolderLocation(target);
    return location === undefined ? this.#refuse(400, method) : answerFolderRedirect(location, headers);
  }

  #refuse(status: ErrorStatus, method: string): Answer | Promise<Answer> {
    const { notFound, headers } = this.#options;
    if (status !== 404 || notFound === undefined) return answerError(status, method, headers);
    const planner: AnswerPlanner = (resource) => planErrorPage(resource, headers);
    return this.#reader.recall(notFound, method, planner) ?? this.#answerErrorPage(notFound, method, planner);
  }

  async #answerErrorPage(path: string, method: string, planner: AnswerPlanner): Promise<Answer> {
    const outcome = await this.#reader.read(path, method, planner);
    return outcome.kind === 'answer' ? outcome.answer : answerError(404, method, this.#options.headers);
  }
}
