/** Lets through, or makes wait. */
export class Gate {
  private opening: Promise<void> | undefined;
  private onOpen: () => void = () => undefined;

  shut(): void {
    this.opening ??= new Promise((resolve) => {
      this.onOpen = resolve;
    });
  }

  open(): void {
    this.opening = undefined;
    this.onOpen();
  }

  untilOpen(): Promise<void> {
    return this.opening ?? Promise.resolve();
  }
}
