/** Names as labels of metrics: the first so many are themselves, the rest are `other`. */
export class BoundedNames {
  private readonly names = new Set<string>();

  constructor(private readonly limit: number) {}

  of(name: string): string {
    if (this.names.has(name)) return name;
    if (this.names.size >= this.limit) return 'other';
    this.names.add(name);
    return name;
  }
}
