// Modules find files beside them by `__dirname`, which in a bundle would be the bundle's own folder.
import { dirname, relative } from 'node:path';

const PLACE = /\b__dirname\b/g;
/** Where it is no value: a member, a word in a text, a name that is given, a short form of a member. */
const ODD = /\.__dirname\b|['"`]__dirname['"`]|(?:const|let|var)\s+__dirname\b|(?<!\$)\{\s*__dirname\s*[,}]/;

/** For rolldown: what a module takes for its folder stays that folder, as it lies from the files that are made in `folder`. */
export const keepPlaces = (folder) => ({
  name: 'keep-places',
  transform(code, id) {
    if (!code.includes('__dirname')) return undefined;
    if (ODD.test(code))
      throw new Error(`${id} says __dirname where it is no value: leave its package out of the bundle.`);
    const way = JSON.stringify(relative(folder, dirname(id)));
    return { code: code.replace(PLACE, `require('node:path').join(__dirname, ${way})`) };
  },
});
