import { parseAccept } from '../media/accept';
import { fileWishes, formOf, pixelForm } from './pick-form';

const [explicit, implicit, jpegLs, mpeg] = [
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.4.80',
  '1.2.840.10008.1.2.4.102',
];

const form = (stored: string, accept: string | undefined, isSingle = true) => {
  const [wish] = fileWishes(parseAccept(accept), isSingle);
  return wish && [wish.isMultipart, formOf(stored, wish)];
};

describe('the form in which an instance leaves', () => {
  it('is explicit VR little endian where nothing else is said', () => {
    const accept = 'multipart/related; type="application/dicom"';
    expect(form(explicit, accept)).toEqual([true, 'stored']);
    expect(form(implicit, accept)).toEqual([true, 'explicit']);
    expect(form(jpegLs, undefined)).toEqual([true, 'explicit']);
    expect(form(jpegLs, 'application/dicom')).toEqual([false, 'explicit']);
  });

  it('is as stored for a star, or for the very transfer syntax', () => {
    expect(form(mpeg, 'multipart/related; type="application/dicom"; transfer-syntax=*')).toEqual([true, 'stored']);
    expect(form(jpegLs, `application/dicom; transfer-syntax=${jpegLs}`)).toEqual([false, 'stored']);
  });

  it('is none for another transfer syntax, for video, and for a series as one body', () => {
    expect(form(explicit, `application/dicom; transfer-syntax=${jpegLs}`)).toEqual([false, undefined]);
    expect(form(mpeg, 'application/dicom')).toEqual([false, undefined]);
    expect(form(explicit, 'application/dicom', false)).toBeUndefined();
    expect(form(explicit, 'text/plain')).toBeUndefined();
    expect(form(explicit, 'multipart/related; type="application/dicom";q=0, */*')).toBeUndefined();
  });
});

const pixels = (stored: string, accept: string) => {
  const found = pixelForm(stored, parseAccept(accept), true);
  return found && [found.isMultipart ? 'parts' : 'body', found.type, found.asStored ? 'stored' : 'decoded'];
};

describe('the form in which frames leave', () => {
  it('is decoded for octets', () => {
    expect(pixels(jpegLs, 'multipart/related; type="application/octet-stream"')).toEqual([
      'parts',
      'application/octet-stream',
      'decoded',
    ]);
    expect(pixels(explicit, 'application/octet-stream')).toEqual(['body', 'application/octet-stream', 'decoded']);
    expect(pixels(jpegLs, '*/*')).toEqual(['parts', 'application/octet-stream', 'decoded']);
    expect(pixels(explicit, 'multipart/related; type="*/*"')).toEqual(['parts', 'application/octet-stream', 'decoded']);
  });

  it('is the codestream where it is asked for by its type or by a star', () => {
    expect(pixels(jpegLs, 'multipart/related; type="image/jls"')).toEqual(['parts', 'image/jls', 'stored']);
    expect(pixels(jpegLs, 'multipart/related; type="application/octet-stream"; transfer-syntax=*')).toEqual([
      'parts',
      'image/jls',
      'stored',
    ]);
  });

  it('is the codestream for a range of types that has it, and no other', () => {
    expect(pixels(jpegLs, 'multipart/related; type="image/*"')).toEqual(['parts', 'image/jls', 'stored']);
    expect(pixels(explicit, 'image/*')).toBeUndefined();
  });

  it('is none where the pixels are coded otherwise, or cannot be decoded', () => {
    expect(pixels(explicit, 'multipart/related; type="image/jp2"')).toBeUndefined();
    expect(pixels(mpeg, 'multipart/related; type="application/octet-stream"')).toBeUndefined();
    expect(pixels(jpegLs, 'text/plain')).toBeUndefined();
    expect(pixels(jpegLs, 'multipart/*;q=0, */*')).toBeUndefined();
  });
});
