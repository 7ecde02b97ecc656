import type { FastifyRequest } from 'fastify';
import { PlatformUrl } from '../http/platform-url';
import { baseUrl } from './base-url';

const request = (host: string | undefined, address = '127.0.0.1', port = 8080, protocol = 'http') =>
  ({
    headers: host === undefined ? {} : { host, 'x-forwarded-host': 'evil.example' },
    protocol,
    socket: { address: () => ({ address, port, family: 'IPv4' }) },
  }) as unknown as FastifyRequest;

const unset = new PlatformUrl(undefined);

describe('where the caller reached DICOMweb', () => {
  it('is what the header Host says', () => {
    expect(baseUrl(request('pacs.example:8443', '10.0.0.1', 8443, 'https'), unset)).toBe(
      'https://pacs.example:8443/dicom-web',
    );
    expect(baseUrl(request('pacs.example', '10.0.0.1', 80), unset)).toBe('http://pacs.example/dicom-web');
  });

  it.each([
    ['127.0.0.1', '127.0.0.1', 'http://127.0.0.1:8080/dicom-web'],
    ['127.0.0.1', '::ffff:127.0.0.1', 'http://127.0.0.1:8080/dicom-web'],
    ['localhost', '::1', 'http://localhost:8080/dicom-web'],
    ['[::1]', '::1', 'http://[::1]:8080/dicom-web'],
  ])('has the port of the connection where %s leaves it out', (host, address, expected) => {
    expect(baseUrl(request(host, address), unset)).toBe(expected);
  });

  it.each(['pacs.example', undefined, 'two words', 'a/b'])(
    'is only its path where nothing says the port: %s',
    (host) => {
      expect(baseUrl(request(host, '10.0.0.1'), unset)).toBe('/dicom-web');
    },
  );

  it('is the URL that the operator gave, whatever a request says', () => {
    expect(baseUrl(request('other:1'), new PlatformUrl('https://medserve.example/'))).toBe(
      'https://medserve.example/dicom-web',
    );
  });
});
