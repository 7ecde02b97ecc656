import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peersNow } from './metrics-peers';

describe('where the metrics of other processes are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-peers-'));
  const file = join(folder, 'metrics.json');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is said by URLs, and by files for processes that come and go', async () => {
    const peers = ['http://127.0.0.1:1/', `file:${file}`];
    writeFileSync(file, '["http://127.0.0.1:2/"]');
    expect(await peersNow(peers)).toEqual(['http://127.0.0.1:1/', 'http://127.0.0.1:2/']);
    writeFileSync(file, '[]');
    expect(await peersNow(peers)).toEqual(['http://127.0.0.1:1/']);
  });

  it('is nowhere else', async () => {
    writeFileSync(file, '["ftp://elsewhere/"]');
    await expect(peersNow([`file:${file}`])).rejects.toThrow();
  });
});
