/** Where the nodes of a Merkle path are drawn: the entry at the bottom, the root at the top. In units of the drawing. */
export interface PathLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PathNode[];
  /** Of a child up to its parent. */
  readonly lines: readonly { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number }[];
}

export interface PathNode {
  readonly kind: 'entry' | 'sibling' | 'parent' | 'root';
  /** In hex. */
  readonly hash: string;
  /** Of its centre. */
  readonly x: number;
  readonly y: number;
  /** Where there is room for a word beside it: away from its sibling. */
  readonly freeSide: 'left' | 'right';
}

export const NODE = { width: 92, height: 22 };
const ROW = 38;
const MARGIN = 8;
/** The way itself, and how far from it siblings stand. */
const [CENTRE, ASIDE] = [150, 98];

export interface JoinedHash {
  readonly side: 'left' | 'right';
  readonly sibling: string;
  readonly parent: string;
}

const awayFrom = (join: JoinedHash | undefined): 'left' | 'right' => (join?.side === 'right' ? 'left' : 'right');

/** @param leaf the hash of the entry, in hex */
export function layOutPath(leaf: string, joins: readonly JoinedHash[]): PathLayout {
  const height = joins.length * ROW + NODE.height + 2 * MARGIN;
  const yOf = (row: number): number => height - MARGIN - NODE.height / 2 - row * ROW;
  const siblingX = (side: JoinedHash['side']): number => (side === 'left' ? CENTRE - ASIDE : CENTRE + ASIDE);
  const line = (x1: number, row: number) => ({
    x1,
    y1: yOf(row) - NODE.height / 2,
    x2: CENTRE,
    y2: yOf(row + 1) + NODE.height / 2,
  });
  return {
    width: 2 * CENTRE,
    height,
    nodes: [
      { kind: joins.length === 0 ? 'root' : 'entry', hash: leaf, x: CENTRE, y: yOf(0), freeSide: awayFrom(joins[0]) },
      ...joins.flatMap(({ side, sibling, parent }, row): PathNode[] => [
        { kind: 'sibling', hash: sibling, x: siblingX(side), y: yOf(row), freeSide: side },
        {
          kind: row + 1 === joins.length ? 'root' : 'parent',
          hash: parent,
          x: CENTRE,
          y: yOf(row + 1),
          freeSide: awayFrom(joins[row + 1]),
        },
      ]),
    ],
    lines: joins.flatMap(({ side }, row) => [line(CENTRE, row), line(siblingX(side), row)]),
  };
}
