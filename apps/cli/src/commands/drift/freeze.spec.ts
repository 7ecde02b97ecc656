import { freezeModel, namedModel } from './freeze';

const PLACE = { site: 'north', scanner: 'ge:signa', signal: 'score', state: {}, verdict: null };

const monitorOf = (...models: readonly (readonly [string, string])[]) => {
  const asked: unknown[] = [];
  return {
    asked,
    series: () => Promise.resolve(models.map(([model, version]) => ({ ...PLACE, model, version }))),
    askToRelearn: (...words: readonly unknown[]) => Promise.resolve(void asked.push(words)),
  };
};

describe('freezing what answers are compared with', () => {
  it('is of one version or of all, and a name may hold a colon', () => {
    expect(namedModel('net')).toEqual({ name: 'net' });
    expect(namedModel('hospital:net:2')).toEqual({ name: 'hospital:net', version: '2' });
  });

  it.each([
    ['net', ['net', undefined]],
    ['net:2', ['net', '2']],
  ])('is asked of what was watched: %s', async (model, words) => {
    const monitor = monitorOf(['net', '2']);
    await freezeModel(monitor, model);
    expect(monitor.asked).toEqual([words]);
  });

  it.each(['nett', 'net:3'])('says so where nothing was watched: %s', async (model) => {
    const monitor = monitorOf(['net', '2']);
    await expect(freezeModel(monitor, model)).rejects.toThrow(`nothing was watched of ${model} yet`);
    expect(monitor.asked).toEqual([]);
  });
});
