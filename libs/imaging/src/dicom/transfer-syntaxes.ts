/** How the pixels of a transfer syntax are coded; `undefined` codecs are named but not read. */
export type Codec = 'native' | 'rle' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly implicitVr: boolean;
  readonly littleEndian: boolean;
  readonly deflated: boolean;
  readonly codec: Codec | undefined;
}

const ROOT = '1.2.840.10008.1.2';

function syntax(
  suffix: string,
  name: string,
  codec: Codec | undefined,
  { implicitVr = false, littleEndian = true, deflated = false } = {},
): [string, TransferSyntax] {
  const uid = ROOT + suffix;
  return [uid, { uid, name, implicitVr, littleEndian, deflated, codec }];
}

/** The transfer syntaxes of PS3.6 table A-1 that images are sent in; the names are the standard's. */
export const TRANSFER_SYNTAXES: ReadonlyMap<string, TransferSyntax> = new Map([
  syntax('', 'Implicit VR Little Endian', 'native', { implicitVr: true }),
  syntax('.1', 'Explicit VR Little Endian', 'native'),
  syntax('.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', undefined),
  syntax('.1.99', 'Deflated Explicit VR Little Endian', 'native', { deflated: true }),
  syntax('.2', 'Explicit VR Big Endian', 'native', { littleEndian: false }),
  syntax('.4.50', 'JPEG Baseline (Process 1)', 'jpeg'),
  syntax('.4.51', 'JPEG Extended (Process 2 & 4)', 'jpeg'),
  syntax('.4.57', 'JPEG Lossless, Non-Hierarchical (Process 14)', 'jpeg-lossless'),
  syntax('.4.70', 'JPEG Lossless, Non-Hierarchical, First-Order Prediction', 'jpeg-lossless'),
  syntax('.4.80', 'JPEG-LS Lossless Image Compression', 'jpeg-ls'),
  syntax('.4.81', 'JPEG-LS Lossy (Near-Lossless) Image Compression', 'jpeg-ls'),
  syntax('.4.90', 'JPEG 2000 Image Compression (Lossless Only)', 'jpeg-2000'),
  syntax('.4.91', 'JPEG 2000 Image Compression', 'jpeg-2000'),
  syntax('.4.92', 'JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)', undefined),
  syntax('.4.93', 'JPEG 2000 Part 2 Multi-component Image Compression', undefined),
  syntax('.4.94', 'JPIP Referenced', undefined),
  syntax('.4.95', 'JPIP Referenced Deflate', undefined, { deflated: true }),
  syntax('.4.100', 'MPEG2 Main Profile / Main Level', undefined),
  syntax('.4.100.1', 'Fragmentable MPEG2 Main Profile / Main Level', undefined),
  syntax('.4.101', 'MPEG2 Main Profile / High Level', undefined),
  syntax('.4.101.1', 'Fragmentable MPEG2 Main Profile / High Level', undefined),
  syntax('.4.102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1', undefined),
  syntax('.4.102.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1', undefined),
  syntax('.4.103', 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', undefined),
  syntax('.4.103.1', 'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', undefined),
  syntax('.4.104', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', undefined),
  syntax('.4.104.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', undefined),
  syntax('.4.105', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', undefined),
  syntax('.4.105.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', undefined),
  syntax('.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', undefined),
  syntax('.4.106.1', 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', undefined),
  syntax('.4.107', 'HEVC/H.265 Main Profile / Level 5.1', undefined),
  syntax('.4.108', 'HEVC/H.265 Main 10 Profile / Level 5.1', undefined),
  syntax('.4.110', 'JPEG XL Lossless', undefined),
  syntax('.4.111', 'JPEG XL JPEG Recompression', undefined),
  syntax('.4.112', 'JPEG XL', undefined),
  syntax('.4.201', 'High-Throughput JPEG 2000 Image Compression (Lossless Only)', 'htj2k'),
  syntax('.4.202', 'High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)', 'htj2k'),
  syntax('.4.203', 'High-Throughput JPEG 2000 Image Compression', 'htj2k'),
  syntax('.5', 'RLE Lossless', 'rle'),
  syntax('.8.1', 'Deflated Image Frame Compression', undefined),
]);
