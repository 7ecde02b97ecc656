import type { Outline } from '../findings/outlines';
import type { Rgb } from '../seg/colours';
import { ADVANCE, hasDot } from './font';

/** An RGB picture to draw on. What lies outside of it is not drawn. */
export class Canvas {
  readonly pixels: Buffer;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.pixels = Buffer.alloc(width * height * 3);
  }

  /** @param opacity 0 to 1 */
  dot(x: number, y: number, colour: Rgb, opacity = 1): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const at = (y * this.width + x) * 3;
    for (let channel = 0; channel < 3; channel += 1) {
      const before = this.pixels[at + channel] as number;
      this.pixels[at + channel] = Math.round(before + ((colour[channel] as number) - before) * opacity);
    }
  }

  /** @param scale dots of the picture to one of the font */
  text(line: string, left: number, top: number, scale: number, colour: Rgb): void {
    for (const [index, character] of Array.from(line).entries()) {
      for (let y = 0; y < ADVANCE.y * scale; y += 1) {
        for (let x = 0; x < ADVANCE.x * scale; x += 1) {
          if (!hasDot(character, Math.floor(x / scale), Math.floor(y / scale))) continue;
          this.dot(left + index * ADVANCE.x * scale + x, top + y, colour);
        }
      }
    }
  }

  /** A closed line, two pixels wide. */
  outline(points: Outline, colour: Rgb): void {
    for (const [index, from] of points.entries()) this.line(from, points[(index + 1) % points.length] ?? from, colour);
  }

  private line([x0, y0]: Point, [x1, y1]: Point, colour: Rgb): void {
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
    for (let step = 0; step <= steps; step += 1) {
      const x = Math.round(x0 + ((x1 - x0) * step) / steps);
      const y = Math.round(y0 + ((y1 - y0) * step) / steps);
      this.dot(x, y, colour);
      this.dot(x - 1, y, colour);
      this.dot(x, y - 1, colour);
    }
  }
}

type Point = readonly [number, number];

/** Text in lines of at most so many characters, broken between words where there are words. */
export function wrapped(text: string, most: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      let rest = word;
      if (line !== '' && line.length + 1 + rest.length > most) {
        lines.push(line);
        line = '';
      }
      for (; rest.length > most; rest = rest.slice(most)) lines.push(rest.slice(0, most));
      line = line === '' ? rest : `${line} ${rest}`;
    }
    return [...lines, line];
  });
}
