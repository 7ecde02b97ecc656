import type { ModelLoad } from '@medserve/rpc';
import { readLoad } from '../load-parameters';

/** @throws ServingError as `readLoad` */
export const loadOf = (
  parameters: Readonly<Record<string, string | number | boolean>>,
): Pick<ModelLoad, 'configJson' | 'files'> => readLoad(Object.entries(parameters), fromBase64);

function fromBase64(content: unknown): Buffer | undefined {
  if (typeof content !== 'string') return undefined;
  const bytes = Buffer.from(content, 'base64');
  const digits = content.replace(/={0,2}$/, '').length;
  // Decoding skips what is no digit, so that fewer bytes come out than the digits make; one digit alone makes none.
  return digits % 4 !== 1 && bytes.length === Math.floor((digits * 3) / 4) ? bytes : undefined;
}
