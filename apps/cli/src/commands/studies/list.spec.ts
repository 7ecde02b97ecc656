import { describeStudies } from './list';
import type { Study } from './study';
import { describeVerdicts } from './show';
import { describeRoute } from './routes';
import { parseRoute } from '@medserve/studies';

const NOW = new Date('2026-11-26T08:00:00Z');

const study = (more: Partial<Study>): Study => ({
  studyUid: '1.2.3',
  generation: 1,
  state: 'exported',
  class: 'routine',
  reason: null,
  says: null,
  waitsFor: null,
  receivedAt: '2026-11-26T07:57:00Z',
  lastInstanceAt: '2026-11-26T07:57:10Z',
  completeAt: null,
  inferredAt: null,
  exportedAt: null,
  because: null,
  instances: 28,
  series: 1,
  modalities: ['CT'],
  routes: ['ct-volume'],
  runs: [],
  results: [],
  deliveries: [],
  ...more,
});

describe('the list of studies', () => {
  it('says how far each is, why it is not further, and how old the oldest of each state is', () => {
    const delivery = { destination: 'PACS', state: 'waiting', attempts: 3, lastError: 'unreachable' };
    const run = { route: 'ct-volume', name: 'tissue', task: 'measure', model: null, attempts: 1, request: null };
    const runs = [{ ...run, state: 'answered', reason: null, seriesUid: '1', instances: 28 }];
    const text = describeStudies(
      {
        summary: { exporting: { studies: 1, oldestSeconds: 180 }, skipped: { studies: 1, oldestSeconds: 400_000 } },
        studies: [
          study({ state: 'exporting', runs, deliveries: [delivery] }),
          study({ studyUid: '1.2.4', state: 'skipped', says: 'no route takes US', routes: [], modalities: ['US'] }),
          study({ studyUid: '1.2.5', state: 'inferring', waitsFor: 'model_loading' }),
        ],
        next: '1~1.2.5~1',
      },
      NOW,
    );
    expect(text).toBe(
      `STATE      STUDIES  OLDEST
exporting        1  3 min
skipped          1  4 d

STUDY  GEN  STATE      AGE    IMAGES  MODALITY  ROUTE      RUNS    SENT    NOTE
1.2.3    1  exporting  3 min      28  CT        ct-volume  1 of 1  0 of 1  PACS: unreachable
1.2.4    1  skipped    3 min      28  US                                   no route takes US
1.2.5    1  inferring  3 min      28  CT        ct-volume                  waits: model_loading

there are more: --cursor 1~1.2.5~1`,
    );
  });

  it('says what to do where there is none', () => {
    expect(describeStudies({ summary: {}, studies: [], next: null }, NOW)).toContain('--dicom-port 11112');
  });
});

describe('why a study was taken or not', () => {
  it('is told route by route and series by series', () => {
    const passedOver = [{ series: '1.9', why: { code: 'too_few_slices', says: 'only 3 slices of 8 wanted' } }];
    const text = describeVerdicts([
      { route: 'ct-volume', chosen: ['1.1'], passedOver },
      { route: 'brain-mr', why: { code: 'condition', says: 'its modality is CT' }, chosen: [], passedOver: [] },
    ]);
    expect(text.split('\n')).toEqual([
      'ct-volume: takes it',
      '  1.1  chosen',
      '  1.9  only 3 slices of 8 wanted',
      'brain-mr: does not take it: its modality is CT',
    ]);
  });
});

describe('a route', () => {
  it('is told as who operates it thinks of it', () => {
    const route = parseRoute(
      'name: ct\ndescription: CT volumes\nwhen: { modality: CT }\nruns: [{ name: a, task: measure, model: m, optional: true }]',
      'ct.yaml',
    );
    expect(describeRoute({ ...route, destinations: ['PACS'] }).split('\n')).toEqual([
      'ct: CT volumes',
      '  takes     modality is CT',
      '  complete  30 s after the last instance, at the latest after 600 s',
      '  series    one of those with at least 1 slices; first the thinnest, most-slices, newest',
      '            never localizer, derived, secondary-capture',
      '  asks      a: measure of m (where it is served)',
      '  makes     sr, seg, sc',
      '  sends to  PACS',
      '  class     routine',
    ]);
  });
});
