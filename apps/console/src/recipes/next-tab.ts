/**
 * Which tab a key leads to (WAI-ARIA Authoring Practices, "Tabs"): the arrows go round, Home and End to the ends.
 *
 * @returns undefined for a key that leads nowhere
 */
export function nextTab(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % count;
    case 'ArrowLeft':
      return (at + count - 1) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
