import type { Locator } from 'playwright-core';
import sharp from 'sharp';

export type Colour = readonly [red: number, green: number, blue: number];

/** A part of the page as it is seen: a screenshot, pixel by pixel. */
export class Seen {
  private constructor(
    readonly width: number,
    readonly height: number,
    private readonly bytes: Buffer,
  ) {}

  static async of(part: Locator): Promise<Seen> {
    const { data, info } = await sharp(await part.screenshot({ animations: 'disabled' }))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return new Seen(info.width, info.height, data);
  }

  at(x: number, y: number): Colour {
    const from = (y * this.width + x) * 3;
    return [this.bytes[from] ?? 0, this.bytes[from + 1] ?? 0, this.bytes[from + 2] ?? 0];
  }

  /** Mean brightness, 0 to 255, of a part of it in shares of its size. */
  brightness([left, top, across, down]: readonly [number, number, number, number]): number {
    let [sum, count] = [0, 0];
    for (let y = Math.round(top * this.height); y < (top + down) * this.height; y += 1)
      for (let x = Math.round(left * this.width); x < (left + across) * this.width; x += 1) {
        sum += this.at(x, y).reduce((all, channel) => all + channel, 0) / 3;
        count += 1;
      }
    return sum / count;
  }

  /** Where two pictures of one place differ by more than what is drawn twice does. */
  differences(other: Seen): readonly (readonly [x: number, y: number])[] {
    const found: [number, number][] = [];
    for (let y = 0; y < this.height; y += 1)
      for (let x = 0; x < this.width; x += 1) if (distance(this.at(x, y), other.at(x, y)) > 24) found.push([x, y]);
    return found;
  }
}

export const distance = (one: Colour, other: Colour): number =>
  Math.hypot(...one.map((channel, place) => channel - (other[place] ?? 0)));
