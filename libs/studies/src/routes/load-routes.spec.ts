import { join } from 'node:path';
import { loadRoutes, parseRoute, RouteFileError } from './load-routes';

const GOOD = `
name: ct
description: CT volumes
when: { modality: CT }
runs:
  - { name: tissue, task: measure }
`;

const mistakesOf = (text: string): string => {
  try {
    parseRoute(text, 'ct.yaml');
  } catch (error) {
    if (error instanceof RouteFileError) return error.message;
    throw error;
  }
  return 'none';
};

describe('a route file', () => {
  it('needs a name, a description and a run; everything else has a usual value', () => {
    expect(parseRoute(GOOD, 'ct.yaml')).toMatchObject({
      class: 'routine',
      complete: { on: 'quiet', quietSeconds: 30, maxWaitSeconds: 600 },
      series: { take: 'one', each: 'series', exclude: ['localizer', 'derived', 'secondary-capture'] },
      runs: [{ optional: false, parameters: {} }],
      results: { dicom: ['sr', 'seg', 'sc'] },
      deliver: 'all',
      onFailure: 'fail',
    });
  });

  it.each([
    ['a misspelt word', GOOD.replace('when:', 'wenn:'), 'ct.yaml:4: wenn: is no word of a route file'],
    ['an attribute that there is not', GOOD.replace('modality: CT', 'modalty: CT'), 'ct.yaml:4: when.modalty'],
    [
      'a range without an end',
      GOOD.replace('modality: CT', 'slices: {}'),
      'ct.yaml:4: when.slices: has to have "from" or "to"',
    ],
    ['a class that there is not', `${GOOD}class: soon\n`, 'ct.yaml:7: class:'],
    ['no run', GOOD.replace(/runs:[^]*/, 'runs: []'), 'ct.yaml:5: runs:'],
    ['two runs of one name', `${GOOD}  - { name: tissue, task: segment }\n`, 'two runs have the same name'],
    ['no YAML', 'name: [', 'ct.yaml:1: is not YAML'],
    ['an empty file', '', 'ct.yaml:1: the route'],
  ])('with %s is refused by file, line and field', (_, text, words) => {
    expect(mistakesOf(text)).toContain(words);
  });

  it('tells all mistakes at once', () => {
    expect(mistakesOf('description: x\nclass: soon\n').split('\n')).toHaveLength(3);
  });

  it('cannot stand in itself without end', () => {
    const deep = `name: ct\ndescription: x\nruns: [{ name: a, task: b }]\nwhen: ${'{ not: '.repeat(40)}{}${' }'.repeat(40)}\n`;
    expect(mistakesOf(deep)).toContain('is no word of a route file');
  });
});

describe('the routes that are shipped', () => {
  it('can be read, and each has another name', async () => {
    const routes = await loadRoutes([join(__dirname, '../../../../routes')]);
    expect(routes.map(({ name }) => name)).toEqual(['brain-mr', 'ct-volume', 'fundus', 'xray']);
  });

  it('are refused as a whole where a folder is not there', async () => {
    await expect(loadRoutes([join(__dirname, 'nowhere')])).rejects.toThrow(RouteFileError);
  });

  it('are refused where two folders have a route of the same name', async () => {
    const folder = join(__dirname, '../../../../routes');
    await expect(loadRoutes([folder, folder])).rejects.toThrow(/has a route of the name ct-volume, too/);
  });
});
