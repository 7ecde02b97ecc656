import { CHOICES, type Board } from '../../kit/board';
import { demand } from './demand';
import { dicomNode } from './dicom-node';
import { glance } from './glance';
import { hosts } from './hosts';
import { latency } from './latency';
import { studies } from './studies';
import { traffic } from './traffic';
import { writing } from './writing';

/** For who is on call: is it all right, and if not, where. */
export const operations: Board = {
  uid: 'medserve-operations',
  title: 'MedServe: operations',
  about:
    'Is it all right, and if not, in which pool: traffic, errors, waiting, studies, and what there is to serve it.',
  choices: [CHOICES.pool, CHOICES.class],
  from: 'now-3h',
  sections: [glance, traffic, latency, studies, dicomNode, demand, hosts, writing],
};
