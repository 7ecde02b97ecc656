// Modules find files beside them by `__dirname`, which in a bundle would be the bundle's own folder.
import { dirname, relative } from 'node:path';

const PLACE = /\b__dirname\b/g;

/** For rolldown: what a module takes for its folder stays that folder, as it lies from the files that are made in `folder`. */
export const keepPlaces = (folder) => ({
  name: 'keep-places',
  transform(code, id) {
    if (!code.includes('__dirname')) return undefined;
    const way = JSON.stringify(relative(folder, dirname(id)));
    return { code: code.replace(PLACE, `require('node:path').join(__dirname, ${way})`) };
  },
});
