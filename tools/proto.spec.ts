import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

describe('the generated contracts', () => {
  it('are what the .proto files give, and these are clean', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(__dirname, 'proto.mjs'), '--check'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 60_000);
});
