import { kept, RetrieveGateway } from '../../testing/retrieve-gateway';

const REPORT = { sopClassUid: '1.2.840.10008.5.1.4.1.1.88.11', transferSyntaxUid: '1.2.840.10008.1.2.1' };
const STUDY = 'studies/1.2';
const SERIES = 'studies/1.2/series/1.2.3';
const INSTANCE = `${SERIES}/instances/1.2.3.4`;
const JPEG = 'image/jpeg';
const OCTETS = 'multipart/related; type="application/octet-stream"';
const FILES = 'multipart/related; type="application/dicom"';
const OR_STORED = `${FILES}, ${FILES}; transfer-syntax=*; q=0.5`;

describe('a retrieval', () => {
  const gateway = new RetrieveGateway();
  const none = { status: 406, bodies: [] };

  beforeAll(() => gateway.start());
  beforeEach(() => {
    gateway.study = [kept('one'), kept('report', REPORT), kept('damaged'), kept('two')];
    gateway.fails = { report: 'unreadable_image', damaged: 'unreadable_image' };
    gateway.activities.told.length = 0;
  });
  afterAll(() => gateway.close());

  describe.each([STUDY, SERIES])('of pictures of %s', (path) => {
    it('has those that can be made, and its end', async () => {
      const bodies = ['made of one', 'made of two'];
      expect(await gateway.get(`${path}/rendered`, JPEG)).toEqual({ status: 200, bodies });
      gateway.fails = { ...gateway.fails, one: 'too_large' };
      expect(await gateway.get(`${path}/rendered`, JPEG)).toEqual({ status: 200, bodies: ['made of two'] });
    });

    it('is 406 where none can be made', async () => {
      gateway.fails = { ...gateway.fails, one: 'unreadable_image', two: 'unsupported_transfer_syntax' };
      expect(await gateway.get(`${path}/rendered`, JPEG)).toEqual(none);
      expect(await gateway.get(`${path}/thumbnail`, JPEG)).toEqual(none);
      expect(gateway.activities.told).toHaveLength(1);
    });

    it('leaves nothing out because the platform has too much to do', async () => {
      gateway.fails = { ...gateway.fails, two: 'overloaded' };
      await expect(gateway.get(`${path}/rendered`, JPEG)).rejects.toThrow();
    });

    it('has a thumbnail of an image that one can be made of', async () => {
      gateway.study = [kept('one'), kept('damaged'), kept('report', REPORT), kept('report', REPORT)];
      expect(await gateway.get(`${path}/thumbnail`, JPEG)).toEqual({ status: 200, bodies: ['made of one'] });
      expect(gateway.activities.told).toMatchObject([{ facts: { taken: 'thumbnail', instances: 1 } }]);
    });
  });

  it('of frames by number leaves none out: only their order tells them apart', async () => {
    gateway.study = [kept('one')];
    const bodies = ['made of one', 'made of one'];
    expect(await gateway.get(`${INSTANCE}/frames/1,2/rendered`, JPEG)).toEqual({ status: 200, bodies });
    gateway.fails = { one: 'unreadable_image' };
    expect(await gateway.get(`${INSTANCE}/frames/1,2/rendered`, JPEG)).toEqual(none);
  });

  it.each(['1,3', '3,1'])('of frames %s is refused before it begins where one is not there', async (frames) => {
    gateway.study = [kept('one')];
    expect(await gateway.get(`${INSTANCE}/frames/${frames}/rendered`, JPEG)).toEqual({ status: 404, bodies: [] });
  });

  it('says what is wrong with a region that lies outside of every image', async () => {
    gateway.fails = { ...gateway.fails, one: 'invalid_request', two: 'invalid_request' };
    expect(await gateway.get(`${STUDY}/rendered`, JPEG)).toMatchObject({ status: 400 });
  });

  it.each(['unreadable_image', 'unsupported_media'] as const)('of what is no image (%s) is 406', async (reason) => {
    gateway.study = [kept('report', REPORT)];
    gateway.fails = { report: reason };
    expect(await gateway.get(`${INSTANCE}/frames/1`, OCTETS)).toEqual(none);
    expect(await gateway.get(`${INSTANCE}/rendered`, JPEG)).toEqual(none);
    expect(await gateway.get(`${INSTANCE}/thumbnail`, JPEG)).toEqual(none);
  });

  describe.each([STUDY, SERIES])('of the files of %s', (path) => {
    it.each(['unreadable_image', 'too_large', 'overloaded', 'internal'] as const)(
      'has one as it is stored where its pixels cannot be decoded (%s) and that is taken, too',
      async (reason) => {
        gateway.fails = { damaged: reason };
        const bodies = ['made of one', 'report', 'damaged', 'made of two'];
        expect(await gateway.get(path, OR_STORED)).toEqual({ status: 200, bodies });
      },
    );

    it('is 406 where the one that is compressed cannot be decoded, and nothing else is taken', async () => {
      const native = { transferSyntaxUid: '1.2.840.10008.1.2' };
      gateway.study = [kept('report', REPORT), kept('one', native), kept('damaged')];
      expect(await gateway.get(path, FILES)).toEqual(none);
    });

    it('is cut short, for its reader to see, where that is found out behind others', async () => {
      await expect(gateway.get(path, FILES)).rejects.toThrow();
    });
  });

  it('of one file as the whole body goes by the same rule', async () => {
    gateway.study = [kept('damaged')];
    const orStored = 'application/dicom, application/dicom; transfer-syntax=*';
    expect(await gateway.get(INSTANCE, orStored)).toEqual({ status: 200, bodies: ['damaged'] });
    expect(await gateway.get(INSTANCE, 'application/dicom')).toEqual(none);
    gateway.fails = { damaged: 'not_found' };
    expect(await gateway.get(INSTANCE, orStored)).toMatchObject({ status: 404 });
  });
});
