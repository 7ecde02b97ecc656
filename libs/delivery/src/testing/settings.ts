import type { DestinationKind, SettingsOf } from '../destination-settings';
import { readDestinations } from '../destinations/read-destinations';

const LEAST: { readonly [K in DestinationKind]: object } = {
  dicom: { aet: 'PACS', host: '127.0.0.1', port: 104 },
  stow: { url: 'http://127.0.0.1:1' },
  hl7: { host: '127.0.0.1', port: 2575 },
  fhir: { url: 'http://127.0.0.1:1' },
  webhook: { url: 'http://127.0.0.1:1', secretFile: 'secret' },
};

/** Settings of a destination with all defaults but what is given. */
export function settingsOf<K extends DestinationKind>(kind: K, more: object = {}): SettingsOf<K> {
  const [found] = readDestinations(JSON.stringify([{ name: kind, kind, ...LEAST[kind], ...more }]), 'a test');
  return found as SettingsOf<K>;
}
