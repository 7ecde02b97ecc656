export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/**
 * The circle through points by least squares on the algebraic distance (Kasa, IEEE Trans Instrum Meas 25:8-14, 1976).
 * Undefined for fewer than three points, and for points on one line.
 */
export function fitCircle(points: readonly (readonly [number, number])[]): Circle | undefined {
  const n = points.length;
  if (n < 3) return undefined;
  let [meanX, meanY] = [0, 0];
  for (const [x, y] of points) {
    meanX += x / n;
    meanY += y / n;
  }
  let [suu, svv, suv, suuu, svvv, suvv, svuu] = [0, 0, 0, 0, 0, 0, 0];
  for (const [x, y] of points) {
    const [u, v] = [x - meanX, y - meanY];
    suu += u * u;
    svv += v * v;
    suv += u * v;
    suuu += u * u * u;
    svvv += v * v * v;
    suvv += u * v * v;
    svuu += v * u * u;
  }
  const determinant = suu * svv - suv * suv;
  if (determinant <= 1e-9 * (suu + svv) ** 2) return undefined;
  const [p, q] = [(suuu + suvv) / 2, (svvv + svuu) / 2];
  const u = (p * svv - q * suv) / determinant;
  const v = (q * suu - p * suv) / determinant;
  return { x: meanX + u, y: meanY + v, radius: Math.sqrt(u * u + v * v + (suu + svv) / n) };
}
