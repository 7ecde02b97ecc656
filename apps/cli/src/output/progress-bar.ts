const WIDTH = 28;

/** A bar on standard error where a person waits in a terminal; nothing where nobody looks. */
export class ProgressBar {
  private readonly isShown = process.stderr.isTTY;

  show(phase: string, percent: number): void {
    if (!this.isShown) return;
    const filled = Math.round((Math.min(Math.max(percent, 0), 100) / 100) * WIDTH);
    process.stderr.write(
      `\r\u001b[K${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${String(Math.round(percent)).padStart(3)} % ${phase}`,
    );
  }

  clear(): void {
    if (this.isShown) process.stderr.write('\r\u001b[K');
  }
}
