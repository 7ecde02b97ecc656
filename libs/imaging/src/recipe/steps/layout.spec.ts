import { pictureOf, working } from '../testing';
import { layout } from './layout';

const laid = (picture: ReturnType<typeof pictureOf>, order: string, as: string) =>
  layout.lay(working(picture), 'image', layout.parameters.parse({ order, as }));

describe('layout', () => {
  it('lays channels last or first', () => {
    const picture = pictureOf(2, 1, Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(laid(picture, 'nhwc', 'uint8')).toMatchObject({
      datatype: 'UINT8',
      shape: [1, 1, 2, 3],
      data: Uint8Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(laid(picture, 'nchw', 'float32')).toMatchObject({
      datatype: 'FP32',
      shape: [1, 3, 1, 2],
      data: Float32Array.of(1, 4, 2, 5, 3, 6),
    });
    expect(laid(picture, 'chw', 'uint8').shape).toEqual([3, 1, 2]);
  });

  it('leaves the channel out for one channel, and refuses to for three', () => {
    expect(laid(pictureOf(1, 2, Uint8Array.of(1, 2)), 'hw', 'uint8').shape).toEqual([2, 1]);
    expect(() => laid(pictureOf(1, 1, Uint8Array.of(1, 2, 3)), 'hw', 'uint8')).toThrow('one channel');
  });

  it('rounds and clamps into a narrower type', () => {
    const { data, datatype } = laid(pictureOf(4, 1, Float32Array.of(-5, 1.5, 300, NaN)), 'hw', 'uint8');
    expect(datatype).toBe('UINT8');
    expect([...data]).toEqual([0, 2, 255, 0]);
  });
});
