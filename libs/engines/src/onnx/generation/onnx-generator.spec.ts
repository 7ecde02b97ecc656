import { describeGeneratorContract } from '../../generation/generator-contract';
import { TinyModels } from './testing/tiny-model';

let models: TinyModels;
beforeAll(async () => {
  models = await TinyModels.write();
});
afterAll(() => models.remove());

describeGeneratorContract('onnx', { open: () => models.open(), tooLong: 'x'.repeat(600) });
describeGeneratorContract('onnx, of a model that sees', {
  open: () => models.see(),
  adapter: 'terse',
  tooLong: 'x'.repeat(600),
});
describeGeneratorContract('onnx, with the words of a package', {
  open: () => models.openPackage(),
  adapter: 'wordy',
  tooLong: 'x'.repeat(600),
});
