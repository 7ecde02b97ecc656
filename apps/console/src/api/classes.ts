/** How urgent a request is, the most urgent first; these words on the wire. */
export const CLASSES = ['stat', 'urgent', 'routine', 'research'] as const;
