import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DurableFolders } from './durable-folders';
import { PreparedFiles } from './prepared-files';

describe('files that are made ahead', () => {
  let root: string;
  let folders: DurableFolders;
  let files: PreparedFiles;
  const opened: { close(): Promise<void> }[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'prepared-'));
    folders = new DurableFolders();
    files = new PreparedFiles(root, folders, () => new Date());
  });
  afterEach(async () => {
    for (const handle of opened.splice(0)) await handle.close();
    await files.close();
    folders.close();
    rmSync(root, { recursive: true });
  });

  const onDisk = (): string[] =>
    (readdirSync(root, { recursive: true }) as string[]).filter((name) => statSync(join(root, name)).isFile());
  const take = async (tenant: string): Promise<string> => {
    const { file, handle } = await files.take(tenant);
    opened.push(handle);
    return file;
  };

  it('leave nothing where not all of them can be had, and are made at the next try', async () => {
    const sync = jest.spyOn(folders, 'sync').mockRejectedValueOnce(Object.assign(new Error(), { code: 'ENOSPC' }));
    await expect(files.take('home')).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(onDisk()).toEqual([]);
    sync.mockRestore();
    expect(onDisk()).toEqual([]);
    expect(await take('home')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are given to one each, and none stays behind, of however many tenants at once', async () => {
    const tenants = Array.from({ length: 80 }, (_, at) => `tenant-${String(at)}`);
    const taken = await Promise.all([...tenants, ...tenants].map(take));
    expect(new Set(taken).size).toBe(160);
    await files.close();
    expect(onDisk().length).toBe(160);
  });
});
