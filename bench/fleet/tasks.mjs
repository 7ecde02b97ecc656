/*
 * What pools of a hospital network do. `slots`: usual requests that a replica runs at once; `serviceS`: of one request; `slotsEach`:
 * what one weighs; `classes`: shares of the rate at its peak, stat to research; `weight`: how many of the pools; `bursts`: stroke hours.
 * Service times are assumptions of a plausible size for one GPU, not measurements.
 */
export const TASKS = [
  {
    name: 'chest-classify',
    kind: 'encoder',
    slots: 8,
    serviceS: 3,
    slotsEach: 1,
    classes: [0.1, 0.3, 0.5, 0.1],
    weight: 4,
  },
  {
    name: 'stroke-ct',
    kind: 'encoder',
    slots: 2,
    serviceS: 18,
    slotsEach: 1,
    classes: [0.55, 0.3, 0.15, 0],
    weight: 3,
    bursts: true,
  },
  {
    name: 'ct-segment',
    kind: 'encoder',
    slots: 4,
    serviceS: 45,
    slotsEach: 2,
    classes: [0.08, 0.22, 0.5, 0.2],
    weight: 5,
  },
  {
    name: 'mr-segment',
    kind: 'encoder',
    slots: 4,
    serviceS: 40,
    slotsEach: 2,
    classes: [0.04, 0.16, 0.6, 0.2],
    weight: 4,
  },
  {
    name: 'mammography',
    kind: 'encoder',
    slots: 4,
    serviceS: 20,
    slotsEach: 1,
    classes: [0, 0.05, 0.85, 0.1],
    weight: 2,
  },
  { name: 'ultrasound', kind: 'encoder', slots: 4, serviceS: 8, slotsEach: 1, classes: [0.1, 0.3, 0.6, 0], weight: 2 },
  {
    name: 'pathology',
    kind: 'encoder',
    slots: 2,
    serviceS: 120,
    slotsEach: 1,
    classes: [0.02, 0.08, 0.5, 0.4],
    weight: 4,
  },
  { name: 'fundus', kind: 'encoder', slots: 8, serviceS: 3, slotsEach: 1, classes: [0, 0.05, 0.75, 0.2], weight: 1 },
  {
    name: 'report',
    kind: 'generative',
    slots: 8,
    serviceS: 20,
    slotsEach: 1,
    classes: [0.12, 0.28, 0.5, 0.1],
    weight: 4,
  },
  {
    name: 'question',
    kind: 'generative',
    slots: 8,
    serviceS: 6,
    slotsEach: 1,
    classes: [0.15, 0.35, 0.5, 0],
    weight: 2,
  },
  { name: 'cohort', kind: 'generative', slots: 8, serviceS: 30, slotsEach: 1, classes: [0, 0, 0.05, 0.95], weight: 2 },
];

export const SITES = ['north', 'east', 'south', 'west', 'river', 'hill', 'coast', 'city', 'lake', 'valley'];
