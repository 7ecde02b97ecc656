/**
 * Gives the memory of an array back at once; nobody may use it any more. What lies outside V8's heap and is merely let go counts as
 * pressure until the next collection, and some megabytes a step bring a full one every few steps.
 */
export function giveBack({ buffer }: Float32Array<ArrayBuffer>): void {
  buffer.transfer(0);
}
