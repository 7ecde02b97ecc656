/** How urgent a request is, the most urgent first. */
export const CLASSES = ['stat', 'urgent', 'routine', 'research'] as const;
export type Class = (typeof CLASSES)[number];
