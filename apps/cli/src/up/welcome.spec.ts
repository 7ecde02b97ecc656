import { homeAt, DEFAULT_HOME } from '../home/home';
import { welcome } from './welcome';

const ready = { pid: 1, url: 'http://127.0.0.1:1', grpc: '127.0.0.1:2', key: 'msk', version: '1' };

describe('the welcome', () => {
  it('shows commands that find this home', () => {
    expect(welcome({ ...ready, home: homeAt(DEFAULT_HOME).root }, 1000)).not.toContain('--home');
    const text = welcome({ ...ready, home: "/data/it's here" }, 1000);
    expect(text).toContain(String.raw`npx medserve models --home '/data/it'\''s here'`);
    expect(text).toContain(String.raw`npx medserve infer IMAGE.dcm --home '/data/it'\''s here'`);
  });
});
