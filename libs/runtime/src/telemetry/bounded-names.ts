/** What every name beyond the bound is called. */
export const OTHER = 'other';

/** Names as labels of metrics: the first so many are themselves, the rest are `other`, which takes no place. */
export class BoundedNames {
  private readonly names = new Set<string>();

  constructor(private readonly limit: number) {}

  /** Whether a name is one of the first; a new one becomes one while there is room. */
  admits(name: string): boolean {
    if (this.names.has(name)) return true;
    if (this.names.size >= this.limit) return false;
    this.names.add(name);
    return true;
  }

  of(name: string): string {
    return name !== OTHER && this.admits(name) ? name : OTHER;
  }
}
