import { homeAt, DEFAULT_HOME } from '../home/home';
import { welcome } from './welcome';

const ready = {
  pid: 1,
  url: 'http://127.0.0.1:1',
  grpc: '127.0.0.1:2',
  key: 'msk',
  version: '1',
  dimse: '127.0.0.1:3',
  aet: 'MEDSERVE',
  dicomweb: 'http://127.0.0.1:1/dicom-web',
  console: 'http://127.0.0.1:1/',
};

const PAGE = 'http://127.0.0.1:1/#code=msc_1';

describe('the welcome', () => {
  it('shows commands that find this home', () => {
    expect(welcome({ ...ready, home: homeAt(DEFAULT_HOME).root }, PAGE, 1000)).not.toContain('--home');
    const text = welcome({ ...ready, home: "/data/it's here" }, PAGE, 1000);
    expect(text).toContain(String.raw`npx medserve models --home '/data/it'\''s here'`);
    expect(text).toContain(String.raw`npx medserve console --home '/data/it'\''s here'`);
    expect(text).toContain(String.raw`npx medserve infer IMAGE.dcm --home '/data/it'\''s here'`);
  });

  it('begins with the address that signs in, within its time, and says nothing of a page that is not built', () => {
    const text = welcome({ ...ready, home: '/h' }, PAGE, 1000);
    expect(text).toContain(`console  ${PAGE}\n`);
    expect(text).toContain('within 10 minutes');
    expect(welcome({ ...ready, home: '/h' }, '', 1000)).not.toMatch(/console|browser/);
  });
});
