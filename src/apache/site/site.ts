// A site as one configuration has it: it answers requests. Another configuration is another site.
import type { Answer, ExactRecord, HandlerContext, RawRequest, Refusal } from '../../server/index.ts';
import { makeErrorAnswer } from '../answer/error-answer.ts';
import { DateText } from '../answer/date-text.ts';
import { finishAnswer } from '../answer/finish-answer.ts';
import { HOOK_ORDER } from '../hook-order.ts';
import { VirtualHostTable } from '../config/virtual-host-table.ts';
import type { AddressHosts } from '../config/virtual-host-table.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import type { LoadedConfiguration } from '../config/read-configuration.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { MatchLimitError } from '../regex/index.ts';
import { tellMatchLimit } from '../request/close-at-match-limit.ts';
import { RequestProcessor, answeringRequest } from '../request/process-request.ts';
import { Steps } from '../request/steps.ts';
import { AccessLogs } from './access-logs.ts';
import { BodyBrokenOff, bodyDiscarder, brokenBodyDiscarder } from './discard-body.ts';
import { finishRequest } from './finish-request.ts';
import type { ConnectionTable } from './connection-table.ts';
import { makeAnswer } from './make-answer.ts';
import { PLAIN_ON_TLS_NOTES, plainRequest, speaksPlainOnTls } from './plain-on-tls.ts';
import { explainFault, isLineFault, isNothing } from './refusal-pages.ts';
import type { ExplainedRefusal } from './refusal-pages.ts';
import { Services } from './services.ts';
import type { SiteEnvironment } from './site-environment.ts';
import { judgeHead, judgeLine, takeHost } from './judge-head.ts';
import { startRequest } from './start-request.ts';

/** For a request whose body broke off: the server ends it, by what `refuse` says, and looks at no answer. */
const NO_ANSWER: Answer = { status: 400, body: null };

/** See the head of the file. */
export class Site {
  readonly configuration: LoadedConfiguration;
  readonly accessLogs: AccessLogs;
  readonly #services: Services;
  readonly #processor: RequestProcessor;
  readonly #connections: ConnectionTable;
  readonly #date: DateText;
  readonly #hosts: VirtualHostTable;

  /** `connections` outlives the site: a connection goes on under the next configuration. */
  constructor(configuration: LoadedConfiguration, environment: SiteEnvironment, connections: ConnectionTable) {
    this.configuration = configuration;
    const steps = new Steps(HOOK_ORDER, (module) => configuration.modules.has(module.name));
    this.#processor = new RequestProcessor(steps);
    this.#connections = connections;
    this.#hosts = new VirtualHostTable(configuration.hosts as [VirtualHost, ...VirtualHost[]]);
    this.#services = new Services(configuration, environment, this.#hosts, () => this.#processor);
    this.#date = new DateText();
    this.accessLogs = new AccessLogs(
      configuration.hosts,
      (file, line) => {
        environment.writeAccess(file, line);
      },
      environment.processId,
    );
  }

  /** Answers a request whose head could be read. */
  answer(context: HandlerContext): Promise<Answer> {
    const raw = context.raw!;
    const request = this.#start(raw, context);
    request.connection.answeredNumber = raw.requestNumber;
    if (raw.hasBody) request.bodyDiscarder = bodyDiscarder(raw, context);
    return this.#answer(raw, context, request);
  }

  /**
   * The body is not what its head says, or late. What that means for the answer depends on who asks for it, and when: the request is answered
   * once more, with a body that ends so.
   */
  #answerBroken(explained: ExplainedRefusal, context: HandlerContext): Promise<Answer> {
    const raw = context.raw!;
    const request = this.#start(raw, context);
    // What there was to say up to here is in the error log already.
    request.isRepeated = request.connection.answeredNumber === raw.requestNumber;
    request.bodyDiscarder = brokenBodyDiscarder({
      status: explained.status,
      hidesLength: explained.hidesLength === true,
      notes: explained.notes,
      line: explained.line,
      told: () => {
        request.isRepeated = false;
      },
    });
    return this.#answer(raw, context, request);
  }

  async #answer(raw: RawRequest, context: HandlerContext, request: ApacheRequest): Promise<Answer> {
    try {
      const hosts = this.#hostsOf(request);
      if (speaksPlainOnTls(raw, hosts.first)) return await this.#refusePlain(raw, request);
      const fault = judgeHead(request, hosts);
      const final = fault === undefined ? await this.#processor.answer(request) : await this.#fail(fault, request);
      return this.#toAnswer(request, await finishRequest(this.#processor, final));
    } catch (error) {
      if (error instanceof BodyBrokenOff) return NO_ANSWER;
      return this.#answerFailure(raw, context, request, error);
    }
  }

  /** Answers a request that could not be read, or not in time. Undefined: the connection ends without a word. */
  async refuse(refusal: Refusal, context: HandlerContext): Promise<Answer | undefined> {
    const explained = explainFault(refusal);
    if (explained === undefined) return undefined;
    // Apache hears of more empty lines behind an answer only that they are no request.
    if (isNothing(refusal) && context.raw!.requestNumber > 1) return undefined;
    if (refusal.headComplete) return this.#answerBroken(explained, context);
    const raw = context.raw!;
    const request = this.#start(raw, context);
    try {
      const hosts = this.#hostsOf(request);
      if (speaksPlainOnTls(raw, hosts.first)) return await this.#refusePlain(raw, request);
      // Before it has all of the fields, Apache does not look which host they name.
      const fault = isLineFault(refusal) ? undefined : judgeLine(request, hosts);
      if (fault !== undefined) {
        return this.#toAnswer(request, await finishRequest(this.#processor, await this.#fail(fault, request)));
      }
      takeHost(request, hosts.first);
      // What cannot be read is not taken for HTTP/0.9, which has no head to say so in.
      if (request.version < 1_000) request.version = 1_000;
      if (explained.notes !== undefined) request.notes.set('error-notes', explained.notes);
      request.closes = true;
      const final = await this.#fail(explained.status, request);
      return this.#toAnswer(request, await finishRequest(this.#processor, final));
    } catch (error) {
      return this.#answerFailure(raw, context, request, error);
    }
  }

  #start(raw: RawRequest, context: HandlerContext): ApacheRequest {
    const connection = this.#connections.find(raw, context);
    return startRequest(raw, connection, this.#services, this.configuration.hosts[0]!);
  }

  #hostsOf({ connection }: ApacheRequest): AddressHosts {
    return this.#hosts.at(connection.localAddress, connection.localPort);
  }

  async #refusePlain(raw: RawRequest, seen: ApacheRequest): Promise<Answer> {
    const request = startRequest(plainRequest(raw), seen.connection, this.#services, this.#hostsOf(seen).first);
    request.notes.set('error-notes', PLAIN_ON_TLS_NOTES);
    request.closes = true;
    this.#services.log(
      request,
      'info',
      'ssl',
      'AH01996: SSL handshake failed: HTTP spoken on HTTPS port; trying to send HTML error page',
    );
    const final = await this.#fail(400, request);
    return this.#toAnswer(request, await finishRequest(this.#processor, final));
  }

  async #fail(status: number, request: ApacheRequest): Promise<ApacheRequest> {
    await this.#processor.fail(status, request, 200);
    return answeringRequest(request);
  }

  #toAnswer(request: ApacheRequest, final: ApacheRequest): Answer {
    return makeAnswer(request, final, {
      dateText: (atMs) => this.#date.at(atMs),
      logAnswer: (original, answering, record: ExactRecord) => {
        try {
          this.accessLogs.write(original, answering, record);
        } catch (error) {
          this.#tellFailure(original, error);
        }
      },
    });
  }

  /** What went wrong within the server itself is told in the log, and the client gets the page for it. */
  async #answerFailure(
    raw: RawRequest,
    context: HandlerContext,
    failed: ApacheRequest,
    error: unknown,
  ): Promise<Answer> {
    this.#tellFailure(failed, error);
    const request = this.#start(raw, context);
    try {
      takeHost(request, this.#hostsOf(request).first);
      return this.#toAnswer(request, await finishRequest(this.#processor, await this.#fail(500, request)));
    } catch (second) {
      this.#tellFailure(request, second);
    }
    // Whatever is configured had its chance.
    const plain = this.#start(raw, context);
    plain.directoryConfig = [];
    plain.status = 500;
    plain.closes = true;
    makeErrorAnswer(plain, undefined);
    await finishAnswer(plain);
    return this.#toAnswer(plain, plain);
  }

  #tellFailure(request: ApacheRequest, error: unknown): void {
    if (error instanceof MatchLimitError) {
      tellMatchLimit(request, 'core', `gave ${request.path} up: ${error.message}`);
      return;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#services.log(request, 'crit', 'perdura', text);
  }
}
