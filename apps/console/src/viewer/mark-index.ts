import type { Box } from '@medserve/clinical';
import { isUnder, type Mark } from './marks';

const CELLS = 32;

/** The marks of one slice by where they lie: a grid of 32 by 32 cells, each naming what touches it. */
export class MarkIndex {
  readonly #cells = new Map<number, number[]>();

  constructor(
    readonly marks: readonly Mark[],
    private readonly columns: number,
    private readonly rows: number,
  ) {
    marks.forEach((mark, place) => {
      this.#eachCell(mark.bounds, (cell) => {
        const there = this.#cells.get(cell);
        if (there === undefined) this.#cells.set(cell, [place]);
        else there.push(place);
      });
    });
  }

  /** The marks that may touch a part of the image, in their order. */
  within(part: Box): readonly Mark[] {
    const places = new Set<number>();
    this.#eachCell(part, (cell) => this.#cells.get(cell)?.forEach((place) => places.add(place)));
    const touches = ({ x, y, width, height }: Box): boolean =>
      x <= part.x + part.width && x + width >= part.x && y <= part.y + part.height && y + height >= part.y;
    return [...places]
      .sort((a, b) => a - b)
      .flatMap((place) => this.marks[place] ?? [])
      .filter(({ bounds }) => touches(bounds));
  }

  /** The smallest mark under a point of the image. @param slack how far beside counts, in pixels of the image */
  at(x: number, y: number, slack: number): Mark | undefined {
    return this.within({ x: x - slack, y: y - slack, width: 2 * slack, height: 2 * slack })
      .filter((mark) => isUnder(mark, x, y, slack))
      .reduce<Mark | undefined>(
        (best, mark) => (best === undefined || area(mark) < area(best) ? mark : best),
        undefined,
      );
  }

  #eachCell({ x, y, width, height }: Box, visit: (cell: number) => void): void {
    const cell = (at: number, length: number): number =>
      Math.min(CELLS - 1, Math.max(0, Math.floor((at / length) * CELLS)));
    const [left, right] = [cell(x, this.columns), cell(x + width, this.columns)];
    for (let row = cell(y, this.rows); row <= cell(y + height, this.rows); row += 1)
      for (let column = left; column <= right; column += 1) visit(row * CELLS + column);
  }
}

const area = ({ bounds }: Mark): number => bounds.width * bounds.height;
