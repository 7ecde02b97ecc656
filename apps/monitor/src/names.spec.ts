import { Names } from './names';

const more = <T>(count: number, of: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => of(at));

describe('what is told apart', () => {
  it('is, after a restart, what was before, though some were others', () => {
    const before = new Names();
    const models = more(101, (at) => before.model(`model ${String(at)}`, '1'));
    const places = more(301, (at) => before.place({ model: 'organ', version: '1' }, 'north', String(at)));
    expect([models.at(-1), places.at(-1)]).toEqual([
      { model: 'other', version: '' },
      { site: 'other', scanner: 'other' },
    ]);

    const after = new Names();
    // As it comes from what was kept: in any order.
    const again = [...models].reverse().map(({ model, version }) => after.model(model, version));
    const placesAgain = [...places]
      .reverse()
      .map(({ site, scanner }) => after.place({ model: 'organ', version: '1' }, site, scanner));
    expect([again.reverse(), placesAgain.reverse()]).toEqual([models, places]);
  });
});
