import type { Resource } from '../dicomweb/resources';

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => XML[sign] ?? sign);

/** `studies/:study` as a WADL path template: `studies/{study}`. */
export const templateOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}').replace(/\*/g, '{path}');

/**
 * The capability document of PS3.18 8.9: a Web Application Description (W3C submission of 31 August 2009) of all that is answered.
 *
 * @param base URL of the service
 */
export function wadlOf(resources: readonly Resource[], base: string): string {
  const byPath = Map.groupBy(resources, ({ path }) => path);
  const described = [...byPath].map(
    ([path, methods]) =>
      `<resource path="${escape(templateOf(path))}">${paramsOf(path)}${methods.map(methodOf).join('')}</resource>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<application xmlns="http://wadl.dev.java.net/2009/02" xmlns:xsd="http://www.w3.org/2001/XMLSchema">',
    `<resources base="${escape(base)}/">`,
    ...described,
    '</resources>',
    '</application>',
  ].join('\n');
}

const paramsOf = (path: string): string =>
  [...templateOf(path).matchAll(/\{(\w+)\}/g)]
    .map(([, name = '']) => `<param name="${name}" style="template" type="xsd:string" required="true"/>`)
    .join('');

const methodOf = ({ method, id, title, parameters = [], takes = [], answers }: Resource): string =>
  [
    `<method name="${method}" id="${id}"><doc title="${escape(title)}"/>`,
    '<request>',
    ...(takes.length === 0 ? ['<param name="Accept" style="header" type="xsd:string"/>'] : []),
    ...parameters.map((name) => `<param name="${name}" style="query" type="xsd:string"/>`),
    ...takes.map(representation),
    '</request>',
    '<response>',
    ...answers.map(representation),
    '</response></method>',
  ].join('');

const representation = (mediaType: string): string => `<representation mediaType="${escape(mediaType)}"/>`;
