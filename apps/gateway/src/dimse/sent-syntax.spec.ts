import { EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN } from '@medserve/dimse';
import { fileMetaFor } from '@medserve/imaging';
import { dataSetIn, proposedFor, syntaxFor } from './sent-syntax';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const VIDEO = '1.2.840.10008.5.1.4.1.1.77.1.1.1';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const MPEG4 = '1.2.840.10008.1.2.4.102';

const kept = (transferSyntaxUid: string, sopClassUid = CT) => ({ sopClassUid, transferSyntaxUid });
const taking = (...syntaxes: string[]) => ({
  accepts: (sopClassUid: string, syntax: string) => sopClassUid === CT && syntaxes.includes(syntax),
});

describe('what is proposed to a node that instances are moved to', () => {
  it('is how they are kept, and of each class that can be decoded what every node takes', () => {
    expect(proposedFor([kept(JPEG_LS), kept(EXPLICIT_LITTLE_ENDIAN), kept(JPEG_LS), kept(MPEG4, VIDEO)])).toEqual([
      { abstractSyntax: CT, transferSyntaxes: [JPEG_LS] },
      { abstractSyntax: CT, transferSyntaxes: [EXPLICIT_LITTLE_ENDIAN] },
      { abstractSyntax: VIDEO, transferSyntaxes: [MPEG4] },
      { abstractSyntax: CT, transferSyntaxes: [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN] },
    ]);
  });
});

describe('the transfer syntax that an instance is sent in', () => {
  it.each([
    ['as it is kept, where that is taken', JPEG_LS, [JPEG_LS, EXPLICIT_LITTLE_ENDIAN], JPEG_LS],
    ['without compression, where nothing else is', JPEG_LS, [EXPLICIT_LITTLE_ENDIAN], EXPLICIT_LITTLE_ENDIAN],
    ['the default, where nothing else is', EXPLICIT_LITTLE_ENDIAN, [IMPLICIT_LITTLE_ENDIAN], IMPLICIT_LITTLE_ENDIAN],
    ['as it is kept, where nothing is taken', EXPLICIT_LITTLE_ENDIAN, [], EXPLICIT_LITTLE_ENDIAN],
    ['as it is kept, where it cannot be decoded', MPEG4, [IMPLICIT_LITTLE_ENDIAN], MPEG4],
  ])('is %s', (_what, stored, taken, sent) => {
    expect(syntaxFor(taking(...taken), kept(stored))).toBe(sent);
  });

  it('has the data set made in it, without its file meta information', async () => {
    const file = (syntax: string): Buffer => {
      const meta = fileMetaFor({ sopClassUid: CT, sopInstanceUid: '1.2', transferSyntaxUid: syntax });
      return Buffer.concat([meta, Buffer.from(`data set in ${syntax}`)]);
    };
    const opened = {
      instance: kept(JPEG_LS),
      read: () => Promise.resolve(file(JPEG_LS)),
      readDataSet: () => Promise.resolve(Buffer.from('as it is kept')),
    } as unknown as Parameters<typeof dataSetIn>[1];
    const pool = {
      explicitVr: () => Promise.resolve(file(EXPLICIT_LITTLE_ENDIAN)),
      implicitVr: () => Promise.resolve(file(IMPLICIT_LITTLE_ENDIAN)),
    };
    const sent = async (syntax: string) => (await dataSetIn(syntax, opened, pool)).toString();
    expect(await sent(JPEG_LS)).toBe('as it is kept');
    expect(await sent(EXPLICIT_LITTLE_ENDIAN)).toBe(`data set in ${EXPLICIT_LITTLE_ENDIAN}`);
    expect(await sent(IMPLICIT_LITTLE_ENDIAN)).toBe(`data set in ${IMPLICIT_LITTLE_ENDIAN}`);
  });
});
