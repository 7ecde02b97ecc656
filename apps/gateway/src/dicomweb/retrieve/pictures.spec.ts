import { forThumbnail } from './pictures';
import { kept } from '../../testing/retrieve-gateway';

const IMPLICIT = '1.2.840.10008.1.2';
const MPEG4 = '1.2.840.10008.1.2.4.102';
const SR = '1.2.840.10008.5.1.4.1.1.88.11';

describe('the order in which a thumbnail is tried', () => {
  const order = (...classes: readonly (string | undefined)[]): string[] =>
    forThumbnail(classes.map((sopClassUid, index) => kept(String(index), { sopClassUid }))).map(({ file }) => file);

  it('begins in the middle and goes outwards', () => {
    expect(order(undefined, undefined, undefined, undefined, undefined)).toEqual(['2', '1', '3', '0', '4']);
  });

  it('has what may have pixels, or not, behind the images', () => {
    expect(order(undefined, undefined, SR, SR, SR)).toEqual(['1', '0', '3', '2', '4']);
    expect(order(SR)).toEqual(['0']);
  });

  it('has what can be decoded only', () => {
    const mixed = ['0', '1', '2'].map((file) => kept(file, { transferSyntaxUid: file === '1' ? MPEG4 : IMPLICIT }));
    expect(forThumbnail(mixed).map(({ file }) => file)).toEqual(['2', '0']);
    expect(() => forThumbnail([kept('0', { transferSyntaxUid: MPEG4 })])).toThrow(
      expect.objectContaining({ reason: 'not_acceptable' }) as Error,
    );
  });

  it('comes to its end, however many there are', () => {
    expect(order(...Array<undefined>(100).fill(undefined))).toEqual(['50', '49', '51', '48', '52', '47', '53', '46']);
  });
});
