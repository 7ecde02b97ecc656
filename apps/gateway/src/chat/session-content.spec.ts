import fc from 'fast-check';
import { packFiles, unpackFiles } from './session-content';

const file = fc.record(
  { bytes: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)), mediaType: fc.string() },
  { requiredKeys: ['bytes'] },
);

it('packs the images of a turn into one piece, and gives them back as they were', () => {
  fc.assert(
    fc.property(fc.array(file, { maxLength: 5 }), (files) => {
      expect(unpackFiles(packFiles(files))).toEqual(files);
    }),
  );
});
