import { MODALITIES, type Modality } from '@medserve/clinical';
import type { CatalogueEntry } from '@medserve/rpc';
import { catalogueEntry } from '@medserve/testkit';
import { LiveCatalogue } from '../infer/live-catalogue';
import { offersFor } from './offers';

const radiology = MODALITIES.get('radiology') as Modality;
const serve = (task: string, isDefault = false, modality = 'radiology') => ({ task, modality, default: isDefault });

function offers(entries: readonly CatalogueEntry[], task?: string) {
  const catalogue = new LiveCatalogue(new Date(0), () => 0);
  catalogue.update(entries, { complete: true });
  return offersFor(catalogue, radiology, task);
}

describe('what can be asked of an image', () => {
  it('begins with what is answered when nothing is said; other tasks follow', () => {
    const found = offers([
      catalogueEntry('net', { serves: [serve('segment'), serve('classify', true), serve('answer')] }),
    ]);
    expect(found.map(({ task, isDefault }) => [task, isDefault])).toEqual([
      ['classify', true],
      ['answer', false],
      ['segment', false],
    ]);
    expect(found.map(({ question }) => question)).toEqual(['none', 'required', 'none']);
  });

  it('of a modality whose usual task nobody does, begins with what is done in its place', () => {
    const found = offers([catalogueEntry('net', { serves: [serve('report', true), serve('answer')] })]);
    expect(found.map(({ task, isDefault }) => [task, isDefault])).toEqual([
      ['report', true],
      ['answer', false],
    ]);
  });

  it('names who answers, and how soon: the usual model first, the newest version before older ones', () => {
    const serves = [serve('classify')];
    const [offer] = offers([
      catalogueEntry('b', { version: '1', serves, expectedLoadMs: 900 }),
      catalogueEntry('b', { version: '2', serves, state: 'ready' }),
      catalogueEntry('a', { version: '1', serves }),
      catalogueEntry('z', { version: '1', serves: [serve('classify', true)], state: 'ready' }),
    ]);
    expect(offer?.models.map(({ name, version, isDefault, isWarm }) => [name, version, isDefault, isWarm])).toEqual([
      ['z', '1', true, true],
      ['a', '1', false, false],
      ['b', '2', false, true],
      ['b', '1', false, false],
    ]);
    expect(offer?.models.map(({ expectedLoadMs }) => expectedLoadMs)).toEqual([undefined, undefined, undefined, 900]);
  });

  it('is nothing that is not served, not of images, or of another modality', () => {
    expect(
      offers([
        catalogueEntry('broken', { serves: [serve('classify', true)], state: 'broken' }),
        catalogueEntry('unloaded', { serves: [serve('classify', true)], state: 'unloaded' }),
        catalogueEntry('chat', { serves: [serve('chat')] }),
        catalogueEntry('eye', { serves: [serve('segment', true, 'fundus')] }),
      ]),
    ).toEqual([]);
  });

  it('is one task where one is asked about', () => {
    const found = offers([catalogueEntry('net', { serves: [serve('classify', true), serve('ground')] })], 'ground');
    expect(found.map(({ task, wantsPhrase }) => [task, wantsPhrase])).toEqual([['ground', true]]);
  });
});
