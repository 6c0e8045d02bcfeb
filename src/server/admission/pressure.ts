// Looks now and then at what the server uses, and carries out what pressure-plan.ts decides. Only while there are connections, and never
// for a request.
import type { ClockTimer, DeadlineList, ProcessResources } from '../../io/index.ts';
import { defaultGraceMs } from '../connection/keep-alive-policy.ts';
import { divideDescriptors, planPressure } from './pressure-plan.ts';
import type { DescriptorBudget, PressurePlan, PressureState, PressureWatch, ResourceUse } from './pressure-plan.ts';
import type { ServedConnection } from '../connection/served-connection.ts';
import type { ServerCore } from '../server-core.ts';
import { SHED_FLOOR_MS } from './shedding.ts';

/** How often it looks. Connections that come in between are counted when they come. */
export const PRESSURE_INTERVAL_MS = 1_000;

/** See the head of the file. One for each server. */
export class Pressure implements PressureWatch {
  readonly #core: ServerCore;
  readonly #resources: ProcessResources;
  readonly #budget: DescriptorBudget;
  /** Whether newcomers wait, or were turned away since the last look: then those who are idle hold what others want. */
  isRoomWanted: () => boolean = () => false;
  /** Called with each look: lets in those who wait, at the cost of idle ones, and returns how many. */
  letIn: () => number = () => 0;
  /** Sockets of the server that are no connections yet. */
  countOthers: () => number = () => 0;
  #plan: PressurePlan;
  #uses: readonly ResourceUse[] = [];
  /** Descriptors that are no sockets of the server, when it was looked at last. */
  #besideDescriptors = 0;
  #lookedAtMs = -Infinity;
  #timer: ClockTimer | undefined;

  constructor(core: ServerCore, resources: ProcessResources) {
    const { limits, keepAliveTimeoutMs } = core.options;
    this.#core = core;
    this.#resources = resources;
    this.#budget = divideDescriptors(limits.fileDescriptors, resources.descriptorLimit);
    this.#plan = { level: 'none', causes: [], share: 0, keepAliveTimeoutMs, shed: 0 };
  }

  get state(): PressureState {
    const { level, causes, keepAliveTimeoutMs } = this.#plan;
    return { level, causes, keepAliveTimeoutMs, resources: this.#uses };
  }

  get connectionLimit(): number {
    const { connections } = this.#core.options.limits;
    return Math.min(connections, Math.max(1, this.#budget.forConnections - this.#besideDescriptors));
  }

  get socketLimit(): number {
    return Math.max(1, this.#budget.forWaiting - this.#besideDescriptors);
  }

  start(): void {
    if (this.#timer !== undefined) return;
    const { clock } = this.#core;
    if (clock.nowMs() - this.#lookedAtMs >= PRESSURE_INTERVAL_MS) this.#look();
    this.#startTimer();
  }

  stop(): void {
    this.#timer?.stop();
    this.#timer = undefined;
  }

  #startTimer(): void {
    this.#timer = this.#core.clock.startTimer(PRESSURE_INTERVAL_MS, () => {
      this.#timer = undefined;
      this.#look();
      if (this.#core.connections.size + this.countOthers() > 0) this.#startTimer();
    });
  }

  #look(): void {
    const core = this.#core;
    const { level } = this.#plan;
    this.#lookedAtMs = core.clock.nowMs();
    this.#uses = this.#readUses();
    this.#plan = planPressure({
      level,
      resources: this.#uses,
      keepAliveTimeoutMs: core.options.keepAliveTimeoutMs,
      idle: core.deadlines.idle.count,
      isRoomWanted: this.isRoomWanted(),
    });
    const plan = this.#plan;
    core.isPressureHigh = plan.level === 'high';
    core.advertise(plan.keepAliveTimeoutMs);
    if (plan.level !== 'none') closeOverdue(core.deadlines.idle, plan.keepAliveTimeoutMs, this.#lookedAtMs);
    const shed = plan.shed - this.letIn();
    if (shed > 0) shedLongestIdle(core.deadlines.idle, shed, this.#lookedAtMs);
    if (plan.level !== level) core.options.trace?.({ type: 'pressure', level: plan.level, causes: plan.causes });
  }

  #readUses(): ResourceUse[] {
    const core = this.#core;
    const { limits } = core.options;
    const sockets = core.connections.size + this.countOthers();
    const uses: ResourceUse[] = [];
    if (limits.connections !== Infinity) uses.push({ cause: 'connections', used: sockets, limit: limits.connections });
    if (this.#budget.forConnections !== Infinity) {
      const used = this.#resources.countDescriptors(sockets);
      if (used !== undefined) {
        this.#besideDescriptors = Math.max(0, used - sockets);
        uses.push({ cause: 'fileDescriptors', used, limit: this.#budget.forConnections });
      }
    }
    if (limits.memoryBytes !== Infinity)
      uses.push({ cause: 'memory', used: this.#resources.residentBytes(), limit: limits.memoryBytes });
    return uses;
  }
}

/** Closes idle connections that had the shorter time, and whatever more they were promised. The longest idle ones stand first. */
function closeOverdue(idle: DeadlineList<ServedConnection>, keepAliveTimeoutMs: number, nowMs: number): void {
  const graceMs = defaultGraceMs(keepAliveTimeoutMs);
  for (let each = idle.first; each !== undefined;) {
    const { owner, next } = each;
    if (nowMs - owner.idleAtMs < keepAliveTimeoutMs + graceMs) return;
    if (nowMs >= owner.promisedUntilMs + graceMs) owner.closeIdle('shed');
    each = next;
  }
}

/** Gives up so many, whatever they were promised, but none that may be about to ask. */
function shedLongestIdle(idle: DeadlineList<ServedConnection>, count: number, nowMs: number): void {
  let left = count;
  for (let each = idle.first; each !== undefined && left > 0;) {
    const { owner, next } = each;
    if (nowMs - owner.idleAtMs < SHED_FLOOR_MS) return;
    if (owner.closeIdle('shed')) left -= 1;
    each = next;
  }
}
