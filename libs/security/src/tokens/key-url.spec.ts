import { keyUrl } from './key-url';

describe('keyUrl', () => {
  it.each([
    'https://id.example/jwks',
    'https://id.example:8443/a?b=c',
    'http://127.0.0.1:1/x',
    'http://[::1]/x',
    'http://localhost/x',
  ])('takes %s', (text) => {
    expect(keyUrl(text).href).toContain('://');
  });

  it.each([
    'http://id.example/jwks',
    'http://127.0.0.1.evil.example/',
    'http://localhost.evil.example/',
    'https://user:password@id.example/',
    'https://id.example/#x',
    'file:///etc/passwd',
    'data:application/json,{}',
    'ftp://id.example/',
    'id.example/jwks',
    '',
  ])('refuses %s', (text) => {
    expect(() => keyUrl(text)).toThrow(/address of the keys/);
  });
});
