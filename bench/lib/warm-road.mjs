/**
 * Sends so many requests that V8 has compiled what each of them needs: some ten thousand, before which the same code takes two to
 * three times as long. A heavy net would take minutes for as many, so a road is warmed by a model that does next to nothing.
 *
 * @param request of such a model, about as large as those that are measured
 */
export async function warmRoad(context, load, request) {
  context.say('warming up the road');
  await load.run(request, { inFlight: 8, forMs: context.ms(15_000, 8_000) });
}
