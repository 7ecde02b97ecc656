import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATED, renderAttributes } from './attributes.mjs';

it('the committed data dictionary is what its generator makes of dcmjs today', () => {
  expect(readFileSync(join(__dirname, '..', '..', GENERATED), 'utf8')).toBe(renderAttributes());
});
