/** A number made of numbers, each bit of which hangs on all of them (the finalizer of MurmurHash3). */
export function mix(...parts) {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = Math.imul(hash ^ (part >>> 0), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** Uniform in [0, 1), the same for the same seed (sfc32 of PractRand). */
export function randomOf(...seed) {
  let [a, b, c, counter] = [mix(1, ...seed), mix(2, ...seed), mix(3, ...seed), 1];
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

/** Standard normal (Box and Muller). */
export const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** @param sigma of the logarithm: 0.5 makes one in twenty more than 2.3 times the median */
export const lognormal = (random, median, sigma) => median * Math.exp(sigma * normal(random));

export const uniform = (random, from, to) => from + (to - from) * random();

/** A whole number whose mean is `mean`: by inversion where it is small, else by the normal distribution that it is close to. */
export function poisson(random, mean) {
  if (mean <= 0) return 0;
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  let count = 0;
  let left = random();
  let chance = Math.exp(-mean);
  while (left > chance) {
    left -= chance;
    count += 1;
    chance *= mean / count;
    if (chance < 1e-300) return count;
  }
  return count;
}
