import { WrittenText } from './written-text';

describe('what a model has written', () => {
  it('tells whoever listens that there is more', () => {
    const written = new WrittenText();
    const heard: string[] = [];
    written.onMore(() => heard.push(written.text));
    written.push('两肺');
    written.push('');
    written.push('清晰');
    expect(heard).toEqual(['两肺', '两肺清晰']);
  });

  it('has a hash as soon as there is anything', () => {
    const written = new WrittenText();
    expect(written.sha256).toBeUndefined();
    written.push('abc');
    expect(written.sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('is bounded, and never has a gap', () => {
    const written = new WrittenText(5);
    for (const piece of ['abc', 'def', 'g']) written.push(piece);
    expect(written.text).toBe('abc');
  });
});
