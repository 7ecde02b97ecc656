import type { Scope } from '@medserve/security';

/** One method of one resource of DICOMweb, for its route, the capability document and the OpenAPI description. */
export interface Resource {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the service, as the router writes it. */
  readonly path: string;
  /** Name of the transaction and what it does (PS3.18 sections 10.4, 10.5, 10.6). */
  readonly id: string;
  readonly title: string;
  readonly access: Scope;
  readonly answers: readonly string[];
  readonly parameters?: readonly string[];
  readonly takes?: readonly string[];
}

const DATA_SETS = ['application/dicom+json', 'application/json', 'multipart/related; type="application/dicom+xml"'];
const INSTANCES = ['multipart/related; type="application/dicom"'];
const PIXELS = [
  'multipart/related; type="application/octet-stream"',
  'multipart/related; type="image/jpeg"',
  'multipart/related; type="image/jls"',
  'multipart/related; type="image/jp2"',
  'multipart/related; type="image/jphc"',
  'multipart/related; type="image/dicom-rle"',
];
const PICTURES = ['image/jpeg', 'image/png', 'image/gif'];
const SEARCH = ['limit', 'offset', 'includefield', 'fuzzymatching', 'accept'];
const RENDER = ['window', 'viewport', 'quality', 'accept'];

const search = (id: string, path: string, title: string): Resource => ({
  method: 'GET',
  path,
  id,
  title,
  access: 'result:read',
  answers: DATA_SETS,
  parameters: SEARCH,
});

const retrieve = (
  id: string,
  path: string,
  title: string,
  answers: readonly string[],
  parameters: readonly string[] = ['accept'],
): Resource => ({ method: 'GET', path, id, title, access: 'result:read', answers, parameters });

const store = (id: string, path: string, title: string): Resource => ({
  method: 'POST',
  path,
  id,
  title,
  access: 'infer',
  answers: ['application/dicom+json', 'application/dicom+xml'],
  takes: ['multipart/related; type="application/dicom"', 'application/dicom'],
});

const STUDY = 'studies/:study';
const SERIES = `${STUDY}/series/:series`;
const INSTANCE = `${SERIES}/instances/:instance`;
const FRAMES = `${INSTANCE}/frames/:frames`;

/** All that DICOMweb answers here. Controllers take their paths from this table, so that no document can say anything else. */
export const RESOURCES = {
  store: store('storeInstances', 'studies', 'Store instances'),
  storeInStudy: store('storeStudyInstances', STUDY, 'Store instances of one study'),
  storeForRoute: store('storeRouteInstances', ':route/studies', 'Store instances for a named route'),
  storeInStudyForRoute: store(
    'storeRouteStudyInstances',
    ':route/studies/:study',
    'Store instances of one study for a named route',
  ),
  searchStudies: search('searchStudies', 'studies', 'Search studies'),
  searchSeries: search('searchSeries', 'series', 'Search series of all studies'),
  searchInstances: search('searchInstances', 'instances', 'Search instances of all studies'),
  searchStudySeries: search('searchStudySeries', `${STUDY}/series`, 'Search series of a study'),
  searchStudyInstances: search('searchStudyInstances', `${STUDY}/instances`, 'Search instances of a study'),
  searchSeriesInstances: search('searchSeriesInstances', `${SERIES}/instances`, 'Search instances of a series'),
  retrieveStudy: retrieve('retrieveStudy', STUDY, 'Instances of a study', INSTANCES),
  retrieveSeries: retrieve('retrieveSeries', SERIES, 'Instances of a series', INSTANCES),
  retrieveInstance: retrieve('retrieveInstance', INSTANCE, 'An instance', [...INSTANCES, 'application/dicom']),
  studyMetadata: retrieve('studyMetadata', `${STUDY}/metadata`, 'Metadata of a study', DATA_SETS),
  seriesMetadata: retrieve('seriesMetadata', `${SERIES}/metadata`, 'Metadata of a series', DATA_SETS),
  instanceMetadata: retrieve('instanceMetadata', `${INSTANCE}/metadata`, 'Metadata of an instance', DATA_SETS),
  bulkData: retrieve('bulkData', `${INSTANCE}/bulkdata/*`, 'The value of one element', [
    ...PIXELS,
    'application/octet-stream',
  ]),
  frames: retrieve('frames', FRAMES, 'Frames of an image', [...PIXELS, 'application/octet-stream']),
  renderedStudy: retrieve('renderedStudy', `${STUDY}/rendered`, 'Pictures of a study', PICTURES, RENDER),
  renderedSeries: retrieve('renderedSeries', `${SERIES}/rendered`, 'Pictures of a series', PICTURES, RENDER),
  renderedInstance: retrieve('renderedInstance', `${INSTANCE}/rendered`, 'A picture of an instance', PICTURES, RENDER),
  renderedFrames: retrieve('renderedFrames', `${FRAMES}/rendered`, 'Pictures of frames', PICTURES, RENDER),
  studyThumbnail: retrieve('studyThumbnail', `${STUDY}/thumbnail`, 'A small picture of a study', PICTURES, RENDER),
  seriesThumbnail: retrieve('seriesThumbnail', `${SERIES}/thumbnail`, 'A small picture of a series', PICTURES, RENDER),
  instanceThumbnail: retrieve(
    'instanceThumbnail',
    `${INSTANCE}/thumbnail`,
    'A small picture of an instance',
    PICTURES,
    RENDER,
  ),
  frameThumbnail: retrieve('frameThumbnail', `${FRAMES}/thumbnail`, 'A small picture of a frame', PICTURES, RENDER),
} as const satisfies Record<string, Resource>;
