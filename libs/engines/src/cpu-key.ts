import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { ORT_VERSION } from './onnx/ort-version';

/** The first processor's entry is in the first few kilobytes; to read on would ask each of a hundred others how fast it is. */
const FIRST_BYTES = 8_192;
/** What a kernel may be chosen by. */
const VECTOR_FLAGS = /^(?:sse|ssse|avx|fma|f16c|bmi|amx|asimd|sve|sme|bf16|i8mm|fphp|neon)/;

function vectorFlags(): string {
  try {
    const file = openSync('/proc/cpuinfo', 'r');
    try {
      const bytes = Buffer.alloc(FIRST_BYTES);
      const text = bytes.toString('latin1', 0, readSync(file, bytes, 0, FIRST_BYTES, 0));
      const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1] ?? '';
      return flags
        .split(' ')
        .filter((flag) => VECTOR_FLAGS.test(flag))
        .sort()
        .join(' ');
    } finally {
      closeSync(file);
    }
  } catch {
    // No Linux: the name of the processor stands for what it can do.
    return cpus()[0]?.model ?? '';
  }
}

/**
 * What a file that was optimised here can be used on: the same instructions and the same ONNX Runtime. Its layouts of weights
 * are chosen for the processor.
 */
export function cpuKey(): string {
  const digest = createHash('sha256').update(vectorFlags()).digest('hex');
  return `${arch()}-${digest.slice(0, 12)}-ort-${ORT_VERSION}`;
}
