/** Mean of the latest numbers, of as many as were asked for. */
export class Means {
  constructor(length, first) {
    this.ring = new Float64Array(Math.max(1, Math.round(length))).fill(first);
    this.next = 0;
  }

  add(value) {
    this.ring[this.next] = value;
    this.next = (this.next + 1) % this.ring.length;
  }

  over(count) {
    const taken = Math.min(this.ring.length, Math.max(1, Math.round(count)));
    let sum = 0;
    for (let back = 1; back <= taken; back += 1)
      sum += this.ring[(this.next - back + this.ring.length) % this.ring.length];
    return sum / taken;
  }
}
