const HEADING = /^## (?:(@[^/\s]+)\/)?(\S+) - (\S+) \((.+)\)$/gm;

/**
 * What a built page is bundled of, as Vite lists it with the texts of the licences.
 *
 * @param {string} markdown `.vite/license.md` of the built page
 * @returns components as a CycloneDX bill of materials has them
 */
export const bundledOf = (markdown) =>
  [...markdown.matchAll(HEADING)].map(([, group, name, version, expression]) => ({
    ...(group === undefined ? {} : { group }),
    name,
    version,
    licenses: [{ expression }],
  }));
