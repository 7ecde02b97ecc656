import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOutsideCopy } from './outside-copy';

describe('readOutsideCopy', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'medserve-copy-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('reads the checkpoint of an export, or one that was kept alone', async () => {
    writeFileSync(join(dir, 'checkpoint'), 'a note');
    expect(await readOutsideCopy(dir)).toEqual({ note: 'a note', dir });
    expect(await readOutsideCopy(join(dir, 'checkpoint'))).toEqual({ note: 'a note' });
  });

  it('says of a path without an export what it lacks', async () => {
    await expect(readOutsideCopy(dir)).rejects.toThrow(`${dir} holds no export: there is no file checkpoint in it`);
    const nowhere = join(dir, 'nowhere');
    await expect(readOutsideCopy(nowhere)).rejects.toThrow(
      `${nowhere} holds no export: there is no such file or folder`,
    );
  });
});
