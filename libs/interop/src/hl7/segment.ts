import { escapeText } from './escape';

/** A field: text, or components, or repetitions of either. Absent is empty. */
export type Field = string | undefined | readonly Component[] | { readonly repeated: readonly Field[] };
/** A component: text, or subcomponents. */
export type Component = string | undefined | readonly (string | undefined)[];

/** One segment, without its end. Fields begin with the first after the name; empty ones at the end are left out. */
export function segment(name: string, fields: readonly Field[]): string {
  return [name, ...fields.map(fieldText)].join('|').replace(/\|+$/, '');
}

function fieldText(field: Field): string {
  if (field === undefined) return '';
  if (typeof field === 'string') return escapeText(field);
  if ('repeated' in field) return field.repeated.map(fieldText).join('~');
  return field.map(componentText).join('^').replace(/\^+$/, '');
}

const componentText = (component: Component): string => {
  if (component === undefined) return '';
  if (typeof component === 'string') return escapeText(component);
  return component
    .map((part) => escapeText(part ?? ''))
    .join('&')
    .replace(/&+$/, '');
};
