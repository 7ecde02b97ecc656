import { layOutPath, NODE } from './path-layout';

const JOINS = [
  { side: 'right', sibling: 'b', parent: 'ab' },
  { side: 'left', sibling: 'c', parent: 'cab' },
] as const;

describe('layOutPath', () => {
  it('draws the entry at the bottom, each sibling on its side, and the root at the top', () => {
    const { nodes, width, height } = layOutPath('a', JOINS);
    expect(nodes.map(({ kind, hash }) => `${kind} ${hash}`)).toEqual([
      'entry a',
      'sibling b',
      'parent ab',
      'sibling c',
      'root cab',
    ]);
    const [entry, right, parent, left, root] = nodes;
    expect(right!.x).toBeGreaterThan(entry!.x);
    expect(left!.x).toBeLessThan(entry!.x);
    expect(right!.y).toBe(entry!.y);
    expect(parent!.y).toBeLessThan(entry!.y);
    expect(root!.y).toBeLessThan(parent!.y);
    // The word beside the entry must not lie under its sibling.
    expect(nodes[0]?.freeSide).toBe('left');
    for (const { x, y } of nodes) {
      expect(x - NODE.width / 2).toBeGreaterThanOrEqual(0);
      expect(x + NODE.width / 2).toBeLessThanOrEqual(width);
      expect(y - NODE.height / 2).toBeGreaterThanOrEqual(0);
      expect(y + NODE.height / 2).toBeLessThanOrEqual(height);
    }
  });

  it('draws a log of one entry as its root', () => {
    expect(layOutPath('a', []).nodes).toMatchObject([{ kind: 'root', hash: 'a' }]);
  });
});
