// The comparison of five ways to load a page: reads the controls, plans, and lets simulated time pass.
import { METHODS, planLoad } from './lab-model.js';
import { Lane } from './lab-view.js';
import { messages } from './messages.js';

/** Simulated time passes more slowly than real time, else nothing could be seen. */
const SLOW_MOTION = 4;

const root = document.querySelector('#lab');
const form = root.querySelector('form');
const button = root.querySelector('button');
const summary = root.querySelector('.summary');
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const lanes = new Map(METHODS.map((method) => [method, new Lane(root.querySelector(`[data-method="${method}"]`))]));

let frame = 0;

function readSituation() {
  const { requests, roundTripMs, thinkMs, tls } = form.elements;
  return {
    requests: requests.valueAsNumber,
    roundTripMs: roundTripMs.valueAsNumber,
    thinkMs: thinkMs.valueAsNumber,
    tls: tls.checked,
  };
}

function showValues(situation) {
  form.elements.requestsValue.value = String(situation.requests);
  form.elements.roundTripValue.value = messages.milliseconds(situation.roundTripMs);
  form.elements.thinkValue.value = messages.milliseconds(situation.thinkMs);
}

function replan() {
  const situation = readSituation();
  showValues(situation);
  const plans = METHODS.map((method) => [lanes.get(method), planLoad(method, situation)]);
  const axisMs = Math.max(...plans.map(([, plan]) => plan.totalMs));
  for (const [lane, plan] of plans) lane.show(plan, axisMs);
  return axisMs;
}

function drawAt(nowMs) {
  for (const lane of lanes.values()) {
    const { totalMs, connections } = lane.plan;
    lane.draw(nowMs, messages.laneRunning, messages.laneResult(Math.round(totalMs), connections));
  }
}

function summarise() {
  const ordered = [...lanes.values()].sort((a, b) => a.plan.totalMs - b.plan.totalMs);
  const [fastest, slowest] = [ordered[0], ordered.at(-1)];
  const factor = (slowest.plan.totalMs / fastest.plan.totalMs).toLocaleString(document.documentElement.lang, {
    maximumFractionDigits: 1,
  });
  summary.textContent = messages.labSummary(fastest.name, slowest.name, factor);
}

function finish() {
  cancelAnimationFrame(frame);
  frame = 0;
  button.textContent = messages.play;
  drawAt(Infinity);
  summarise();
}

function play() {
  const axisMs = replan();
  const startedAt = performance.now();
  button.textContent = messages.stop;
  summary.textContent = '';
  const step = (now) => {
    const nowMs = (now - startedAt) / SLOW_MOTION;
    if (nowMs >= axisMs) return finish();
    drawAt(Math.max(0, nowMs));
    frame = requestAnimationFrame(step);
  };
  frame = requestAnimationFrame(step);
}

form.addEventListener('input', () => {
  replan();
  finish();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (frame !== 0 || calm.matches) {
    replan();
    finish();
  } else {
    play();
  }
});

root.hidden = false;
replan();
finish();
