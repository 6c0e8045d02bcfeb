// A straight line through measurements, and whether it is flat. Pure.

/** One measurement. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The line that is nearest to all points (least squares). */
export interface FittedLine {
  readonly slope: number;
  /** Where it begins and where it ends, at the first and the last x. */
  readonly firstY: number;
  readonly lastY: number;
  /** How far the points are from it, as a root mean square. */
  readonly residual: number;
}

/** Needs two points at different places at least. */
export function fitLine(points: readonly Point[]): FittedLine {
  const count = points.length;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / count;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / count;
  let [covariance, variance] = [0, 0];
  for (const { x, y } of points) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  const slope = covariance / variance;
  const at = (x: number): number => meanY + slope * (x - meanX);
  const squares = points.reduce((sum, { x, y }) => sum + (y - at(x)) ** 2, 0);
  return {
    slope,
    firstY: at(points[0]?.x ?? 0),
    lastY: at(points.at(-1)?.x ?? 0),
    residual: Math.sqrt(squares / count),
  };
}

/** A share of the size that a line may rise by over the whole of a measurement and still be called flat: what noise does. */
const FLAT_SHARE = 0.03;

/** Whether something that grows without end would look different. Falling is flat, too. */
export function isFlat({ firstY, lastY }: FittedLine): boolean {
  return lastY - firstY <= FLAT_SHARE * firstY;
}
