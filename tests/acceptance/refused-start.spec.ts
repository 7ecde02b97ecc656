import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMedserve } from '../support/platform';

describe('a platform that cannot start', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-refused-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const up = (...options: string[]): ReturnType<typeof runMedserve> =>
    runMedserve(
      'up',
      '--home',
      join(folder, 'home'),
      '--port',
      '0',
      '--grpc-port',
      '0',
      '--dicom-port',
      '0',
      ...options,
    );

  it('says what is wrong with its destinations, and not only that something is', async () => {
    const file = join(folder, 'destinations.yaml');
    writeFileSync(file, 'destinations: [{ name: pacs, kind: dicomm, aet: PACS }]\n');
    const { status, stderr } = await up('--destinations', file);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /could not start: platform ended .*\n {2}the destinations in .* are not right: pacs\.kind: /,
    );
  }, 60_000);

  it('says that its home is no folder, before it starts anything', async () => {
    writeFileSync(join(folder, 'home'), '');
    const { status, stderr } = await up();
    expect([status, stderr]).toEqual([1, expect.stringMatching(/cannot be made the home \(EEXIST\).*--home/)]);
  }, 30_000);
});
