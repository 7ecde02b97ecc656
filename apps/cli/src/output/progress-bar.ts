const WIDTH = 28;

const WORDS: Readonly<Record<string, string>> = {
  loading: 'loading the model',
  queued: 'waiting for its turn',
  preprocessing: 'preparing the image',
  running: 'running the model',
  reading: 'reading the answer',
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Up to here seconds say more than minutes. */
const IN_SECONDS = 90 * SECOND;

function timeLeft(expectedMs: number): string {
  if (expectedMs <= 0) return '';
  if (expectedMs < SECOND) return ', less than 1 s left';
  if (expectedMs < IN_SECONDS) return `, about ${String(Math.round(expectedMs / SECOND))} s left`;
  return `, about ${String(Math.round(expectedMs / MINUTE))} min left`;
}

/**
 * Such as "42 % loading the model, about 3 s left", behind a bar.
 *
 * @param percent 0 to 100
 * @param expectedMs how long the phase is expected to take still; 0: not known
 */
export function progressLine(phase: string, percent: number, expectedMs: number): string {
  const filled = Math.round((Math.min(Math.max(percent, 0), 100) / 100) * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  return `${bar} ${String(Math.round(percent)).padStart(3)} % ${WORDS[phase] ?? phase}${timeLeft(expectedMs)}`;
}

/** A bar on standard error where a person waits in a terminal; nothing where nobody looks. */
export class ProgressBar {
  private readonly isShown = process.stderr.isTTY;

  show(phase: string, percent: number, expectedMs = 0): void {
    if (this.isShown) process.stderr.write(`\r\u001b[K${progressLine(phase, percent, expectedMs)}`);
  }

  clear(): void {
    if (this.isShown) process.stderr.write('\r\u001b[K');
  }
}
