import { ServingError } from '@medserve/errors';

interface Line {
  waiting: number;
  last: Promise<void>;
}

/** One order for a model after the other: no pod may hear an earlier one after a later one. */
export class OrderLines {
  private readonly lines = new Map<string, Line>();

  /** The models for which an order is under way. */
  names(): Iterable<string> {
    return this.lines.keys();
  }

  /**
   * Does something for a model when what came before it is done.
   *
   * @param most to be in the line already, the one under way among them
   * @throws ServingError `overloaded` when the line is longer; what `give` throws
   */
  async inTurn(name: string, give: () => Promise<void>, most = Number.POSITIVE_INFINITY): Promise<void> {
    const line = this.lines.get(name) ?? { waiting: 0, last: Promise.resolve() };
    if (line.waiting >= most) throw new ServingError('overloaded', 'Too many orders for the model wait.');
    this.lines.set(name, line);
    line.waiting += 1;
    const given = line.last.then(give);
    line.last = given.catch(() => undefined);
    try {
      await given;
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) this.lines.delete(name);
    }
  }
}
