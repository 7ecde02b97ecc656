import { image, images, route, series, SR, study } from '../testing/study';
import { candidateRoutes, chooseRoutes } from './choose-routes';

const CT = route('when: { modality: CT }\nseries: { where: { modality: CT }, minSlices: 8 }');

/** Why a series was passed over, or that it was chosen. */
const said = (words: string, ...all: Parameters<typeof study>[0][number][]): Record<string, string> => {
  const [verdict] = chooseRoutes([route(words)], study(all)).verdicts;
  return {
    ...Object.fromEntries((verdict?.chosen ?? []).map((uid) => [uid, 'chosen'])),
    ...Object.fromEntries((verdict?.passedOver ?? []).map(({ series: uid, why }) => [uid, why.says])),
  };
};

describe('the series of a study', () => {
  it('is one of images enough; of every other it is said why not', () => {
    expect(
      said(
        'series: { where: { modality: CT }, minSlices: 8 }',
        series('1'),
        series('2', { instances: images('2', 3) }),
        series('3', { instances: [image('3.1', { sopClassUid: SR, frames: 0 })], attributes: { modality: ['SR'] } }),
        series('4', { attributes: { modality: ['PT'] } }),
        series('5', { instances: images('5', 2, { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }) }),
        series('6', { instances: images('6', 40, { imageType: ['DERIVED', 'SECONDARY', 'REFORMATTED'] }) }),
        series('7', { instances: images('7', 20, { sopClassUid: '1.2.840.10008.5.1.4.1.1.7' }) }),
      ),
    ).toEqual({
      '1': 'chosen',
      '2': 'only 3 slices of 8 wanted',
      '3': 'it holds no images',
      '4': 'its modality is PT',
      '5': 'it holds nothing but localizers',
      '6': 'it holds nothing but derived images',
      '7': 'it holds nothing but secondary captures',
    });
  });

  it('is taken without its localizers, in the order of its images', () => {
    const mixed = series('1', {
      instances: [image('1.0', { number: 0, imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }), ...images('1', 8)],
    });
    const { runs } = chooseRoutes([CT], study([mixed]));
    expect(runs.map(({ instances }) => instances)).toEqual([
      images('1', 8).map(({ sopInstanceUid }) => sopInstanceUid),
    ]);
  });

  it('of images that were compressed with loss counts as no derived one', () => {
    const compressed = series('1', { instances: images('1', 8, { imageType: ['DERIVED', 'PRIMARY', 'AXIAL'] }) });
    expect(chooseRoutes([CT], study([compressed])).why).toBeUndefined();
  });

  it('counts frames where an object has several', () => {
    const enhanced = series('1', { instances: [image('1.1', { frames: 100 })] });
    expect(chooseRoutes([CT], study([enhanced])).runs).toHaveLength(1);
  });

  it.each([
    ['thinnest', (n: number) => ({ attributes: n === 3 ? {} : { sliceThickness: [n === 2 ? 0.6 : 5] } })],
    ['most-slices', (n: number) => ({ instances: images(String(n), n === 2 ? 11 : 10) })],
    ['newest', (n: number) => ({ madeAtMs: n === 2 ? 3_000 : 1_000 })],
  ])('that is preferred is the %s', (preference, more) => {
    const all = [1, 2, 3].map((n) => series(String(n), more(n)));
    expect(said(`series: { prefer: [${preference}] }`, ...all)).toEqual({
      '1': `another series was preferred: ${preference}`,
      '2': 'chosen',
      '3': `another series was preferred: ${preference}`,
    });
  });

  it('is the same one whatever order they come in, where nothing is preferred', () => {
    const [one, other] = [series('1.2'), series('1.10')];
    const chosen = [
      [one, other],
      [other, one],
    ].map((all) => chooseRoutes([CT], study(all)).runs[0]?.seriesUid);
    expect(chosen).toEqual(['1.10', '1.10']);
  });

  it('are all asked about, each by a run of its own, where the route says so', () => {
    const all = route('series: { take: all, most: 2 }');
    const { runs, verdicts } = chooseRoutes([all], study([series('1'), series('2'), series('3')]));
    expect(runs.map(({ seriesUid }) => seriesUid)).toEqual(['1', '2']);
    expect(verdicts[0]?.passedOver[0]?.why.code).toBe('enough_chosen');
  });

  it('is asked about image by image, where the route says so', () => {
    const each = route('series: { each: image, most: 3 }');
    const { runs } = chooseRoutes([each], study([series('1')]));
    expect(runs.map(({ instances }) => instances)).toEqual([['1.1'], ['1.2'], ['1.3']]);
  });
});

describe('the name of a run, under which its findings are tracked,', () => {
  /** By what it is about. */
  const namesOf = (rules: string, ...all: Parameters<typeof study>[0][number][]): Record<string, string> =>
    Object.fromEntries(
      chooseRoutes([route(rules)], study(all)).runs.map(({ seriesUid, instances, name }) => [
        rules.includes('image') ? instances.join() : seriesUid,
        name,
      ]),
    );
  const first = series('1', { instances: images('1', 1), madeAtMs: 1_000 });
  const grown = series('1', { instances: images('1', 2), madeAtMs: 1_000 });
  const newer = series('2', { instances: images('2', 1), madeAtMs: 9_000 });

  it.each([
    ['an image', 'series: { each: image }', '1.1', [grown]],
    ['an image', 'series: { each: image, take: all }', '1.1', [grown, newer]],
    ['a series', 'series: { take: all }', '1', [grown, newer]],
  ])('is of %s by itself, and stays so whatever comes beside it (%s)', (_, rules, of, later) => {
    const before = namesOf(rules, first);
    const after = namesOf(rules, ...later);
    expect(before[of]).toMatch(/^tissue-[0-9a-f]{10}$/);
    expect(after[of]).toBe(before[of]);
    expect(Object.keys(after).length).toBeGreaterThan(1);
    expect(new Set(Object.values(after)).size).toBe(Object.keys(after).length);
  });

  it('is of the study where it is asked about once, whichever of its series was preferred', () => {
    expect(namesOf('series: { prefer: [newest] }', first)).toEqual({ 1: 'tissue' });
    expect(namesOf('series: { prefer: [newest] }', first, newer)).toEqual({ 2: 'tissue' });
  });
});

describe('a route', () => {
  it.each([
    ['a value, whatever its capitals', '{ modality: ct }', true],
    ['one of several', '{ modality: [MR, CT] }', true],
    ['none of several', '{ modality: [MR, US] }', false],
    ['a pattern', "{ bodyPart: { like: 'HE*D' } }", true],
    ['another pattern', "{ bodyPart: { like: ['?HEAD', 'CHEST*'] } }", false],
    ['a range', '{ slices: { from: 8, to: 20 } }', true],
    ['another range', '{ slices: { from: 21 } }', false],
    ['one of two', '{ any: [{ modality: MR }, { sender: CT1 }] }', true],
    ['both of two', '{ all: [{ modality: CT }, { sender: CT2 }] }', false],
    ['what must not be', '{ not: { sender: CT1 } }', false],
    ['an attribute that nothing says', '{ laterality: L }', false],
  ])('takes a study or not by %s', (_, when, isTaken) => {
    const facts = study([series('1', { attributes: { bodyPart: ['HEAD'] } })]);
    expect(candidateRoutes([route(`when: ${when}`)], facts)).toHaveLength(isTaken ? 1 : 0);
  });

  it('that the sender named is the only one, whatever its conditions say', () => {
    const named = route('name: mr\nwhen: { modality: MR }'.replace('name: mr\n', ''));
    const facts = study([series('1')], { attributes: { sender: ['CT1'], route: ['ct'] } });
    expect(chooseRoutes([named], facts).routes).toHaveLength(1);
    const other = study([series('1')], { attributes: { sender: ['CT1'], route: ['mr'] } });
    expect(chooseRoutes([CT], other).why).toEqual({
      code: 'unknown_route',
      says: 'the sender named a route that there is not',
    });
  });

  it('says what it takes no study of', () => {
    const cr = study([series('1', { attributes: { modality: ['CR'] } })]);
    expect(chooseRoutes([CT], cr).why).toEqual({ code: 'no_route', says: 'no route takes CR' });
  });

  it('says of a study that it nearly took what was missing', () => {
    const short = study([
      series('1', { instances: images('1', 3) }),
      series('2', { attributes: { modality: ['SR'] } }),
    ]);
    expect(chooseRoutes([CT], short).why).toEqual({
      code: 'too_few_slices',
      says: 'route ct: only 3 slices of 8 wanted',
    });
  });

  it('repeats no free text of a header, which may name a patient', () => {
    const facts = study([series('1', { attributes: { description: ['DOE JOHN'] } })]);
    const { why } = chooseRoutes([route('series: { where: { description: { like: HEAD } } }')], facts);
    expect(why?.says).toBe('route ct: its description is another');
  });

  it('gives the class of the first condition that holds', () => {
    const urgent = route('class: routine\nclasses: [{ class: stat, when: { sender: ER } }]');
    const classes = ['ER', 'CT1'].map(
      (sender) => chooseRoutes([urgent], study([series('1')], { attributes: { sender: [sender] } })).runs[0]?.class,
    );
    expect(classes).toEqual(['stat', 'routine']);
  });

  it('fans out: every run of every route that takes the study', () => {
    const two = route('runs: [{ name: a, task: measure }, { name: b, task: segment, model: m }]');
    const { runs } = chooseRoutes([two, CT], study([series('1')]));
    expect(runs.map(({ route: of, name, wanted }) => [of, name, wanted.task])).toEqual([
      ['ct', 'a', 'measure'],
      ['ct', 'b', 'segment'],
      ['ct', 'tissue', 'measure'],
    ]);
  });

  it('says of how many images nothing is asked, where the route takes no more', () => {
    const each = route('series: { each: image, most: 8 }');
    const { runs, verdicts } = chooseRoutes([each], study([series('1', { instances: images('1', 12) })]));
    expect(runs).toHaveLength(8);
    expect(verdicts[0]?.passedOver).toEqual([
      {
        series: '1',
        why: { code: 'enough_chosen', says: '4 of its images are not asked about: the route takes 8 at most' },
      },
    ]);
  });
});

describe('a route that was ordered', () => {
  const NEVER = route('when: { sender: NOBODY }\nclass: routine');
  const ALWAYS = route('class: routine');
  const ordered = { routes: [NEVER.name], class: 'stat' } as const;

  it('takes a study whatever its condition says, in the class that was ordered', () => {
    const facts = study([series('1')]);
    expect(chooseRoutes([NEVER], facts).routes).toEqual([]);
    const { runs } = chooseRoutes([NEVER], { ...facts, ordered });
    expect(runs.map((run) => run.class)).toEqual(['stat']);
  });

  it('is asked beside those that take the study by themselves', () => {
    const facts = { ...study([series('1')]), ordered };
    const other = { ...ALWAYS, name: 'other' };
    expect(candidateRoutes([NEVER, other], facts).map(({ name }) => name)).toEqual([NEVER.name, 'other']);
  });
});
