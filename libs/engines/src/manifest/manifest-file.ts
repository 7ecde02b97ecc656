/** What a package of our own layout says of itself, in its folder. */
export const MANIFEST = 'model.yaml';
