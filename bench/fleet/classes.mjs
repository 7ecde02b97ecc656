/*
 * As `CLASSES` of the product, the most urgent first. In time is a request that is sent to a replica within `startWithinS`: its first answer
 * comes that much later than on an idle GPU, at most. After `patienceS` nobody waits any more.
 */
export const CLASSES = [
  { name: 'stat', startWithinS: 10, patienceS: 120 },
  { name: 'urgent', startWithinS: 30, patienceS: 300 },
  { name: 'routine', startWithinS: 120, patienceS: 900 },
  { name: 'research', startWithinS: 1_800, patienceS: 7_200 },
];
