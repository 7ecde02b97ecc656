import { ARTIFICIAL_INTELLIGENCE, SYSTEM } from '../codes/systems';
import type { InteropInput, InteropRun } from '../input';
import { conceptOf, narrative, terminology } from './elements';
import type { Device } from './r4';

/** A platform that is called as its maker is named once. */
const platformName = ({ manufacturer, model }: InteropInput['device']): string =>
  manufacturer === model ? model : `${manufacturer} ${model}`;

/** The model as the device that made an answer: its name, its version and the digest of its weights. */
export function deviceOf({ device }: InteropInput, { requestId, document }: InteropRun): Device {
  const { name, version, digest } = document.provenance.model;
  return {
    resourceType: 'Device',
    id: requestId,
    text: narrative([`AI model ${name} ${version}, served by ${platformName(device)} ${device.version}`]),
    identifier: [{ system: 'urn:ietf:rfc:3986', value: digestUrn(digest) }],
    status: 'active',
    manufacturer: device.manufacturer,
    deviceName: [{ name, type: 'model-name' }],
    modelNumber: device.model,
    type: conceptOf([ARTIFICIAL_INTELLIGENCE], SYSTEM.dicom),
    version: [
      { type: { text: 'model' }, value: version },
      { type: { text: 'platform' }, value: device.version },
    ],
    note: [{ text: `Engine ${document.provenance.engine}; platform serial ${device.serial}.` }],
  };
}

const digestUrn = (digest: string): string => `urn:${digest}`;

/** Who put the results together. */
export const ASSEMBLER = terminology('provenance-participant-type', 'assembler', 'Assembler');
