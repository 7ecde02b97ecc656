import { encodePng } from '@medserve/imaging';
import type { Ready } from '../home/ready';
import { drawVolume } from './draw-volume';
import type { Answered, Doors } from './promised';

const SIDE = 64;

const bodyOf = async (response: Response): Promise<Answered> => ({
  status: response.status,
  body: await response.json(),
});

/** A picture without meaning: a disc on a slope. */
async function drawPicture(): Promise<Uint8Array<ArrayBuffer>> {
  const samples = Uint8Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    return Math.hypot(x - SIDE / 2, y - SIDE / 2) < SIDE / 4 ? 230 : x;
  });
  const picture = { kind: 'picture', width: SIDE, height: SIDE, channels: 1, sampleType: 'uint8', samples } as const;
  const [png] = await encodePng(picture, 1);
  return new Uint8Array(png ?? []);
}

/** The doors of a running platform. */
export async function doorsOf({ url, key }: Pick<Ready, 'url' | 'key'>): Promise<Doors> {
  const authorization = `Bearer ${key}`;
  const picture = await drawPicture();
  return {
    picture,
    volume: drawVolume(),
    json: async (path, body) =>
      bodyOf(
        await fetch(new URL(path, url), {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    infer: async (file, request) => {
      const form = new FormData();
      form.set('request', JSON.stringify(request));
      form.append('file', new Blob([new Uint8Array(file)]), 'image');
      return bodyOf(await fetch(new URL('/v1/infer', url), { method: 'POST', headers: { authorization }, body: form }));
    },
  };
}
