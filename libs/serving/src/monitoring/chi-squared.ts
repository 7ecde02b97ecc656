/** Coefficients of Lanczos' approximation of the logarithm of the gamma function (g = 5, six terms), good to 2e-10. */
const LANCZOS = [
  76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 1.208650973866179e-3,
  -5.395239384953e-6,
];

function logGamma(x: number): number {
  const t = x + 5.5;
  const series = LANCZOS.reduce((sum, coefficient, index) => sum + coefficient / (x + 1 + index), 1.000000000190015);
  return (x + 0.5) * Math.log(t) - t + Math.log((2.5066282746310005 * series) / x);
}

const TERMS = 1_000;
const PRECISE = 1e-12;

/** The lower regularised incomplete gamma function by its series, for x < a + 1. */
function bySeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n <= TERMS && Math.abs(term) > Math.abs(sum) * PRECISE; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * Math.exp(-x + a * Math.log(x) - logGamma(a));
}

/** The upper one by its continued fraction (Lentz), for x >= a + 1. */
function byFraction(a: number, x: number): number {
  const tiny = Number.MIN_VALUE / PRECISE;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let whole = d;
  for (let n = 1; n <= TERMS; n += 1) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b || tiny);
    c = b + an / c || tiny;
    whole *= d * c;
    if (Math.abs(d * c - 1) < PRECISE) break;
  }
  return Math.exp(-x + a * Math.log(x) - logGamma(a)) * whole;
}

/** How likely a chi-squared variable is above `x` (Press et al., Numerical Recipes, section 6.2). @param freedom at least 1 */
export function chiSquaredTail(x: number, freedom: number): number {
  if (x <= 0) return 1;
  const [a, half] = [freedom / 2, x / 2];
  return half < a + 1 ? 1 - bySeries(a, half) : byFraction(a, half);
}

/** Halvings until the bounds of the search are closer than any figure that is shown. */
const HALVINGS = 60;

/** What a chi-squared variable is above as rarely as `tail` says, 0 < tail < 1. */
export function chiSquaredQuantile(tail: number, freedom: number): number {
  let [low, high] = [0, freedom + 10];
  while (chiSquaredTail(high, freedom) > tail) high *= 2;
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (low + high) / 2;
    if (chiSquaredTail(middle, freedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
