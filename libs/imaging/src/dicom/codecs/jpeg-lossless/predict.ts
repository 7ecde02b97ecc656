/**
 * Turns the differences of a line that has none above it, in the image or since a restart marker, into samples: each is predicted by
 * the one to its left, the first by the middle of all values (T.81, H.1.2.1).
 */
export function addFirstPredictions(line: Uint16Array, middle: number): void {
  let left = middle;
  for (let x = 0; x < line.length; x++) {
    left = (left + (line[x] as number)) & 0xffff;
    line[x] = left;
  }
}

/**
 * Turns the differences of a line into samples, by the prediction that the scan selected (T.81, table H.1). The first one is predicted
 * by the one above. Each has a loop of its own, so that nothing is chosen or called for a single sample.
 */
export function addPredictions(line: Uint16Array, above: Uint16Array, selection: number): void {
  const { length } = line;
  // Ra, Rb and Rc of figure H.1 are `left`, `up` and `corner`.
  let corner = above[0] as number;
  let left = (corner + (line[0] as number)) & 0xffff;
  line[0] = left;
  switch (selection) {
    case 1:
      for (let x = 1; x < length; x++) {
        left = (left + (line[x] as number)) & 0xffff;
        line[x] = left;
      }
      return;
    case 2:
      for (let x = 1; x < length; x++) line[x] = (above[x] as number) + (line[x] as number);
      return;
    case 3:
      for (let x = 1; x < length; x++) line[x] = (above[x - 1] as number) + (line[x] as number);
      return;
    case 4:
      for (let x = 1; x < length; x++) {
        const up = above[x] as number;
        left = (left + up - corner + (line[x] as number)) & 0xffff;
        line[x] = left;
        corner = up;
      }
      return;
    case 5:
      for (let x = 1; x < length; x++) {
        const up = above[x] as number;
        left = (left + ((up - corner) >> 1) + (line[x] as number)) & 0xffff;
        line[x] = left;
        corner = up;
      }
      return;
    case 6:
      for (let x = 1; x < length; x++) {
        const up = above[x] as number;
        left = (up + ((left - corner) >> 1) + (line[x] as number)) & 0xffff;
        line[x] = left;
        corner = up;
      }
      return;
    default:
      for (let x = 1; x < length; x++) {
        left = (((left + (above[x] as number)) >> 1) + (line[x] as number)) & 0xffff;
        line[x] = left;
      }
  }
}
