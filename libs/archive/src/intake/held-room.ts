import type { Room } from './incoming';

/** Memory that all instances on their way in share. */
export class HeldRoom implements Room {
  private bytes = 0;

  constructor(private readonly limit: number) {}

  take(bytes: number): boolean {
    if (this.bytes + bytes > this.limit) return false;
    this.bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.bytes -= bytes;
  }

  get taken(): number {
    return this.bytes;
  }
}
