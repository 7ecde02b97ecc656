import { forThumbnail } from './pictures';
import { kept } from '../../testing/retrieve-gateway';

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
});
