import { PRINCIPAL } from '../testing/image-world';
import { ToldActivities } from '../testing/told-activities';
import { LogReadings } from './log-readings';

describe('LogReadings', () => {
  it('tells of a reader once a minute, however many tiles they read', async () => {
    const world = new ToldActivities();
    let now = 0;
    const readings = new LogReadings(world.activities, () => now);
    for (; now < 59_000; now += 1_000) await readings.told(PRINCIPAL);
    expect(world.brief).toEqual(['audit_exported audit:log success']);
    await readings.told({ ...PRINCIPAL, id: 'another' });
    now = 60_000;
    await readings.told(PRINCIPAL);
    expect(world.told.map(({ actor }) => actor)).toEqual(['k', 'another', 'k']);
  });

  it('lets nobody read whose reading cannot be put on record', async () => {
    const world = new ToldActivities();
    const readings = new LogReadings(world.activities, () => 0);
    world.isAway = true;
    await expect(readings.told(PRINCIPAL)).rejects.toMatchObject({ reason: 'unavailable' });
    world.isAway = false;
    await readings.told(PRINCIPAL);
    expect(world.told).toHaveLength(1);
  });
});
