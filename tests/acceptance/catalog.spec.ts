import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, runMedserve } from '../support/platform';

describe('medserve catalog', () => {
  it('lists the systems, and shows how one is served', async () => {
    const { stdout, status } = await runMedserve('catalog', 'list');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^lingshu-7b +openai, vllm/m);
    expect((await runMedserve('catalog', 'show', 'maira-2')).stdout).toMatch(
      /contract[^]*ground \(radiology\)[^]*not confirmed/,
    );
    expect(await runMedserve('catalog', 'show', 'there-is-none')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('there-is-none') as string,
    });
  });

  it('proves recipes through the whole road, with stand-ins', async () => {
    const { stdout, status } = await runMedserve('catalog', 'check', 'radialog', 'biomedclip');
    expect(stdout).toMatch(/^ok {3}radialog: chat by the adapter radialog$/m);
    expect(stdout).toMatch(/^ok {3}biomedclip: a text becomes a vector of 512$/m);
    expect(stdout).not.toContain('BAD');
    expect(status).toBe(0);
  }, 180_000);

  it('says which promise a recipe does not keep', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-test-'));
    const path = join(folder, 'k2sight.yaml');
    cpSync(join(ROOT, 'catalog', 'k2sight.yaml'), path);
    // A task that it has a prompt for, but which says nothing about where.
    writeFileSync(path, readFileSync(path, 'utf8').replace('phrase: the left lung', 'nothing: asked'));
    const { stdout, status } = await runMedserve('catalog', 'check', '--catalog', folder);
    rmSync(folder, { recursive: true });
    expect(stdout).toMatch(/^BAD {2}k2sight: ground, radiology$/m);
    expect(stdout).toMatch(/^ok {3}k2sight: chat about an image of 577 tokens$/m);
    expect(status).toBe(1);
  }, 180_000);
});
