// Pieces of Markdown.

/** @param {string[]} head @param {string[][]} rows */
export const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

export const bullets = (items) => items.map((item) => `- ${item}`).join('\n');

/** A status or a result as DICOM writes it. */
export const hex4 = (value) => value.toString(16).toUpperCase().padStart(4, '0');

/** (gggg,eeee) */
export const tagText = (tag) => {
  const hex = (tag >>> 0).toString(16).toUpperCase().padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
};

export const seconds = (milliseconds) => `${String(milliseconds / 1000)} s`;

export const bytes = (count) => {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  let value = count;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${String(value)} ${units[unit]}`;
};

export const yesNo = (value) => (value ? 'yes' : '');
