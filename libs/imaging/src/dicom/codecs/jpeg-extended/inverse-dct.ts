const SIZE = 8;

/** `BASIS[x * 8 + u]`: what coefficient u adds at sample x in one dimension (T.81, A.3.3). */
const BASIS = Float64Array.from({ length: SIZE * SIZE }, (_, at) => {
  const [x, u] = [Math.floor(at / SIZE), at % SIZE];
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / (2 * SIZE));
});

const half = new Float64Array(SIZE * SIZE);

/** The inverse discrete cosine transform of 8 x 8 coefficients, in place, in double precision. */
export function inverseDct(block: Float64Array): void {
  for (let v = 0; v < SIZE; v++) {
    for (let x = 0; x < SIZE; x++) {
      let sum = 0;
      for (let u = 0; u < SIZE; u++) sum += (block[v * SIZE + u] as number) * (BASIS[x * SIZE + u] as number);
      half[v * SIZE + x] = sum;
    }
  }
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      let sum = 0;
      for (let v = 0; v < SIZE; v++) sum += (half[v * SIZE + x] as number) * (BASIS[y * SIZE + v] as number);
      block[y * SIZE + x] = sum;
    }
  }
}
