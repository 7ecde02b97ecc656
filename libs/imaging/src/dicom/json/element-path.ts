import type { DataSet, Element } from '../data-set';
import { hexOf } from '../dictionary/dictionary';

/** Where an element stands: a tag; inside of sequences, tag and number of the item (from 1) of each first. */
export interface ElementPath {
  readonly items: readonly { readonly tag: number; readonly item: number }[];
  readonly tag: number;
}

/** `00400555/2/7FE00010` */
export const pathText = ({ items, tag }: ElementPath): string =>
  [...items.map((step) => `${hexOf(step.tag)}/${String(step.item)}`), hexOf(tag)].join('/');

const HEX = /^[0-9A-Fa-f]{8}$/;
const MAX_STEPS = 64;

/** @returns undefined for text of another form */
export function parsePath(text: string): ElementPath | undefined {
  const words = text.split('/');
  const last = words.pop() ?? '';
  if (!HEX.test(last) || words.length % 2 !== 0 || words.length > MAX_STEPS) return undefined;
  const items = [];
  for (let at = 0; at < words.length; at += 2) {
    const [tag = '', item = ''] = words.slice(at, at + 2);
    if (!HEX.test(tag) || !/^[1-9]\d{0,6}$/.test(item)) return undefined;
    items.push({ tag: Number.parseInt(tag, 16), item: Number(item) });
  }
  return { items, tag: Number.parseInt(last, 16) };
}

/** The element and the data set or item that it stands in; undefined where there is none. */
export function elementAt(
  root: DataSet,
  { items, tag }: ElementPath,
): { holder: DataSet; element: Element } | undefined {
  let holder: DataSet | undefined = root;
  for (const step of items) holder = holder?.items(step.tag)[step.item - 1];
  const element = holder?.elements.get(tag);
  return holder === undefined || element === undefined ? undefined : { holder, element };
}
