import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { PartSplitter } from './split-parts';
import { withFirst, writeParts, type AnswerPart } from './write-parts';

// oxlint-disable-next-line typescript/require-await -- parts are asked for one by one
async function* parts(...bodies: readonly AnswerPart['body'][]): AsyncGenerator<AnswerPart> {
  for (const body of bodies) yield { contentType: 'application/dicom', body };
}

describe('a multipart answer', () => {
  it('is what the splitter takes apart again, of bytes and of streams', async () => {
    const { contentType, body } = writeParts(
      'application/dicom',
      parts(Buffer.from('one'), () => Readable.from([Buffer.from('tw'), Buffer.from('o')])),
    );
    const [, boundary = ''] = /^multipart\/related; type="application\/dicom"; boundary=(.+)$/.exec(contentType) ?? [];
    const splitter = new PartSplitter(boundary, { partBytes: 10, parts: 2, headerBytes: 100 });
    const found = splitter.push(await buffer(body));
    expect(found.map(({ mediaType, bytes }) => [mediaType, bytes.toString()])).toEqual([
      ['application/dicom', 'one'],
      ['application/dicom', 'two'],
    ]);
    expect(splitter.end()).toBe(false);
  });

  it('makes a part when the one before it has left, and opens nothing for a caller who is gone', async () => {
    const opened: number[] = [];
    const opening = (number: number) => () => {
      opened.push(number);
      return Readable.from([Buffer.alloc(100_000)]);
    };
    const { body } = writeParts('application/dicom', parts(opening(1), opening(2), opening(3)));
    expect(opened).toEqual([]);
    for await (const chunk of body as AsyncIterable<Buffer>) if (chunk.length === 100_000) break;
    expect(opened).toEqual([1]);
    expect(body.destroyed).toBe(true);
  });

  it('fails before its first byte where its first part cannot be made', async () => {
    const failing = (async function* (): AsyncGenerator<AnswerPart> {
      await Promise.resolve();
      yield Promise.reject(new Error('damaged')) as never;
    })();
    await expect(withFirst(failing)).rejects.toThrow('damaged');
  });

  it('has the first part, too, that was made before it began', async () => {
    const items = await withFirst(parts(Buffer.from('one'), Buffer.from('two')));
    const seen: AnswerPart[] = [];
    for await (const part of items) seen.push(part);
    expect(seen.map(({ body }) => String(body))).toEqual(['one', 'two']);
  });
});
