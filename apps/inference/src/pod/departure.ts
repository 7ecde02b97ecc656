/** Whether the pod is about to go, for those who watch it. */
export class Departure {
  hasBegun = false;
  private readonly listeners = new Set<() => void>();

  begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    for (const listener of [...this.listeners]) listener();
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }
}
