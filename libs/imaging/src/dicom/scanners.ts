/*
 * What made an image, by names that are known. A header may hold anything in the place of a maker or a model, a person's name among
 * them, and no pattern tells one from the other: what is not on the list is `other`.
 */

/** Makers, the first words of their names as devices write them, and the families of their devices. */
const MAKERS: readonly (readonly [maker: string, prefixes: string, families: string])[] = [
  ['3dhistech', '3DHISTECH', 'PANNORAMIC'],
  ['agfa', 'AGFA', 'CR DX ADC'],
  ['canon', 'CANON TOSHIBA TMSC', 'AQUILION VANTAGE XARIO APLIO ULTIMAX CXDI CR-2 CR-DGI ALPHENIX GALAN'],
  ['carestream', 'CARESTREAM KODAK', 'DRX DR CR'],
  ['esaote', 'ESAOTE', 'MYLAB'],
  ['fujifilm', 'FUJI FUJIFILM', 'FDR FCR D-EVO SCENARIA SUPRIA APERTO ECHELON ARIETTA'],
  [
    'ge',
    'GE GEMS',
    'LIGHTSPEED REVOLUTION OPTIMA DISCOVERY SIGNA BRIGHTSPEED BRIVO DEFINIUM VOLUSON LOGIQ VIVID SENOGRAPHE INNOVA',
  ],
  ['hamamatsu', 'HAMAMATSU', 'NANOZOOMER C9600 C13210 C13220 C13239'],
  ['heidelberg', 'HEIDELBERG', 'SPECTRALIS HRA'],
  ['hitachi', 'HITACHI', 'SCENARIA SUPRIA ECLOS APERTO ECHELON AIRIS ARIETTA'],
  ['hologic', 'HOLOGIC LORAD', 'SELENIA DIMENSIONS 3DIMENSIONS HORIZON'],
  ['konica', 'KONICA', 'AERODR REGIUS SONIMAGE'],
  ['kowa', 'KOWA', 'NONMYD VX'],
  ['leica', 'LEICA APERIO', 'GT450 AT2 CS2 VERSA'],
  ['mindray', 'MINDRAY', 'RESONA DC'],
  ['neusoft', 'NEUSOFT', 'NEUVIZ'],
  ['nidek', 'NIDEK', 'AFC RS-3000'],
  ['optos', 'OPTOS', 'CALIFORNIA DAYTONA P200'],
  [
    'philips',
    'PHILIPS',
    'BRILLIANCE INGENUITY ICT INGENIA ACHIEVA INTERA DIGITALDIAGNOST EPIQ AFFINITI GEMINI VEREOS ULTRAFAST SPECTRAL',
  ],
  ['roche', 'ROCHE VENTANA', 'DP ISCAN'],
  ['samsung', 'SAMSUNG', 'GC GM HS RS NEUROLOGICA'],
  ['shimadzu', 'SHIMADZU', 'RADSPEED SONIALVISION TRINIAS'],
  [
    'siemens',
    'SIEMENS',
    'SOMATOM MAGNETOM SENSATION DEFINITION EMOTION PERSPECTIVE NAEOTOM BIOGRAPH SYMBIA AXIOM YSIO ACUSON MAMMOMAT ARTIS AVANTO SKYRA PRISMA AERA VERIO TRIO SYMPHONY ESPREE VIDA SOLA',
  ],
  ['topcon', 'TOPCON', 'TRC NW 3D MAESTRO TRITON'],
  ['united-imaging', 'UIH UNITED', 'UCT UMR UDR UMI'],
  ['zeiss', 'ZEISS CARL', 'VISUCAM CIRRUS CLARUS FF'],
];

interface Maker {
  readonly maker: string;
  readonly prefixes: readonly string[];
  readonly families: readonly string[];
}

const KNOWN: readonly Maker[] = MAKERS.map(([maker, prefixes, families]) => ({
  maker,
  prefixes: prefixes.split(' '),
  // The longest first: a family may begin as another does.
  families: families.split(' ').sort((one, other) => other.length - one.length),
}));

const wordsOf = (text: string): string[] => text.toUpperCase().split(/[^A-Z0-9-]+/);

/**
 * `<maker>:<family>`, or `<maker>:other`, or `other`: words of the list above and nothing that the header says.
 *
 * @param manufacturer Manufacturer (0008,0070)
 * @param model Manufacturer's Model Name (0008,1090)
 */
export function knownScanner(manufacturer: string, model = ''): string {
  const [first = ''] = wordsOf(manufacturer);
  const known = KNOWN.find(({ prefixes }) => prefixes.includes(first));
  if (known === undefined) return 'other';
  const words = wordsOf(model);
  const family = known.families.find((name) => words.includes(name));
  return `${known.maker}:${family?.toLowerCase() ?? 'other'}`;
}
