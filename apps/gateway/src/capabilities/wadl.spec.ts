import { RESOURCES } from '../dicomweb/resources';
import { wadlOf } from './wadl';

describe('the capability document', () => {
  const wadl = wadlOf(Object.values(RESOURCES), 'http://host/dicom-web');

  it('has every resource once and every method of it', () => {
    const paths = [...wadl.matchAll(/<resource path="([^"]+)"/g)].map(([, path]) => path);
    expect(paths).toHaveLength(new Set(paths).size);
    expect(paths).toContain('studies/{study}/series/{series}/instances/{instance}/frames/{frames}');
    expect([...wadl.matchAll(/<method name="(GET|POST)" id="/g)]).toHaveLength(Object.keys(RESOURCES).length);
  });

  it('says what a store request takes', () => {
    expect(wadl).toContain('mediaType="multipart/related; type=&quot;application/dicom&quot;"');
  });
});
