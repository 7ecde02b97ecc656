import { elementCount, type Decoded, type TextsInput } from '@medserve/clinical';
import { costUnits } from '@medserve/serving';
import type { DispatchOrder } from './ports';

/** How large the input of a request is: what it costs by, and what its decoded samples take. */
export interface InputSize {
  readonly costUnits: number;
  readonly bytes: number;
}

const elementsOf = (decoded: Decoded): number =>
  decoded.kind === 'picture' ? decoded.width * decoded.height : decoded.slices * decoded.rows * decoded.columns;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const textBytes = (texts: TextsInput['texts']): number =>
  sum(texts.map((text) => (typeof text === 'string' ? Buffer.byteLength(text) : 4 * text.length)));

/** Pixels, voxels, tensor elements or bytes of text; no more than there are bytes, whatever a shape says. */
export function inputSize(input: DispatchOrder['input']): InputSize {
  switch (input.kind) {
    case 'decoded':
      return { costUnits: costUnits(elementsOf(input.decoded)), bytes: input.decoded.samples.byteLength };
    case 'tensor-bytes': {
      const bytes = sum(input.tensors.map((tensor) => tensor.bytes.byteLength));
      const elements = sum(input.tensors.map(({ shape }) => elementCount(shape)));
      return { costUnits: costUnits(Math.min(elements, bytes)), bytes };
    }
    case 'generation': {
      const { request, images } = input;
      const words = Buffer.byteLength(JSON.stringify(request.turns));
      const bytes = words + sum(images.map(({ samples }) => samples.byteLength));
      return { costUnits: costUnits(words + sum(images.map(elementsOf))), bytes };
    }
    case 'texts': {
      const bytes = textBytes(input.texts);
      return { costUnits: costUnits(bytes), bytes };
    }
  }
}
