// Draws one plan of the comparison as a waterfall. Knows SVG, knows nothing of HTTP.

const SVG = 'http://www.w3.org/2000/svg';
const ROW = 9;
const BAR = 6;
const WIDTH = 600;

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** One lane of the comparison: a heading with the result and the waterfall below it. */
export class Lane {
  #svg;
  #result;
  #plan;
  #bars = [];
  #playhead;
  #scale = 1;

  /** @param {HTMLElement} item the list item, with `.lane-result` and an empty `svg` inside */
  constructor(item) {
    this.name = item.querySelector('b').textContent;
    this.#svg = item.querySelector('svg');
    this.#result = item.querySelector('.lane-result');
  }

  get plan() {
    return this.#plan;
  }

  /** Shows a plan on an axis that is `axisMs` long, so that all lanes share one scale. */
  show(plan, axisMs) {
    this.#plan = plan;
    this.#scale = WIDTH / axisMs;
    const height = plan.rows.length * ROW + ROW - BAR;
    this.#svg.setAttribute('viewBox', `0 0 ${WIDTH} ${height}`);
    this.#bars = plan.rows.flatMap((row, index) => row.map((span) => this.#bar(span, index)));
    this.#playhead = shape('line', { class: 'playhead', y1: 0, y2: height });
    this.#svg.replaceChildren(...this.#bars.map(({ element }) => element), this.#playhead);
  }

  #bar(span, row) {
    const thin = span.kind === 'queue';
    const element = shape('rect', {
      class: `bar-${span.kind}`,
      x: span.startMs * this.#scale,
      y: ROW - BAR + row * ROW + (thin ? BAR / 2 - 0.5 : 0),
      height: thin ? 1 : BAR,
      rx: thin ? 0 : 1.5,
    });
    return { element, span };
  }

  /** Draws the state at a moment; bars that have begun by then are as long as time has allowed. */
  draw(nowMs, running, result) {
    for (const { element, span } of this.#bars) {
      const lengthMs = Math.min(nowMs, span.endMs) - span.startMs;
      element.setAttribute('width', String(Math.max(0, lengthMs * this.#scale)));
    }
    const x = String(Math.min(nowMs, this.#plan.totalMs) * this.#scale);
    this.#playhead.setAttribute('x1', x);
    this.#playhead.setAttribute('x2', x);
    this.#playhead.setAttribute('visibility', nowMs < this.#plan.totalMs ? 'visible' : 'hidden');
    const text = nowMs < this.#plan.totalMs ? running : result;
    if (this.#result.textContent !== text) this.#result.textContent = text;
  }
}
