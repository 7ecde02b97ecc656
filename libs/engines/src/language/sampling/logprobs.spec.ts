import { byteLevelTokenizer } from '../testing/small-tokenizers';
import { tokenLogprob } from './logprobs';

describe('the log probability of a token', () => {
  it('is that of the softmax of the logits, with the most likely ones best first', async () => {
    const tokenizer = await byteLevelTokenizer();
    const ids = ['a', 'b', 'c'].map((letter) => tokenizer.idOf(letter)!);
    const row = new Float32Array(tokenizer.size).fill(-Infinity);
    ids.forEach((id, at) => (row[id] = Math.log([0.5, 0.3, 0.2][at]!)));
    const told = tokenLogprob(row, tokenizer.size, ids[1]!, 2, tokenizer);
    expect(told).toEqual({
      token: 'b',
      logprob: expect.closeTo(Math.log(0.3), 6) as number,
      bytes: [0x62],
      top: [
        { token: 'a', logprob: expect.closeTo(Math.log(0.5), 6) as number, bytes: [0x61] },
        { token: 'b', logprob: expect.closeTo(Math.log(0.3), 6) as number, bytes: [0x62] },
      ],
    });
  });

  it('of a token that was all but impossible is a number that JSON has', async () => {
    const tokenizer = await byteLevelTokenizer();
    const row = new Float32Array(tokenizer.size).fill(-Infinity);
    row[5] = 0;
    expect(tokenLogprob(row, tokenizer.size, 6, 0, tokenizer)).toMatchObject({ logprob: -9_999, top: [] });
  });

  it('of part of a character has its byte', async () => {
    const tokenizer = await byteLevelTokenizer();
    const id = tokenizer.encode('ä', false)[0]!;
    expect(tokenLogprob(new Float32Array(tokenizer.size), tokenizer.size, id, 0, tokenizer).bytes).toEqual([0xc3]);
  });
});
