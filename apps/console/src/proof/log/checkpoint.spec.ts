import { checkpointText, leafHash } from '@medserve/ledger';
import { parseCheckpoint } from './checkpoint';

describe('parseCheckpoint', () => {
  const root = leafHash(Buffer.from('x'));

  it('reads what libs/ledger writes, and passes over extensions', () => {
    const written = { origin: 'medserve/test', size: 70_000, root };
    const { origin, size, root: read } = parseCheckpoint(`${checkpointText(written)}extension\n`);
    expect([origin, size, root.equals(read)]).toEqual(['medserve/test', 70_000, true]);
  });

  const hash = root.toString('base64');
  it.each([
    '',
    `\n1\n${hash}\n`,
    'o\n1\nAA==\n',
    `o\n01\n${hash}\n`,
    `o\n-1\n${hash}\n`,
    `o\n1\n${hash.slice(0, -1)}\n`,
  ])('refuses %j', (text) => {
    expect(() => parseCheckpoint(text)).toThrow('checkpoint-malformed');
  });
});
