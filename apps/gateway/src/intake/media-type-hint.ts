/** What clients say of any bytes when nobody told them better, `curl` and browsers among them. */
const SAYS_NOTHING = new Set(['application/x-www-form-urlencoded', 'application/octet-stream', '']);

/** The media type that was declared, without parameters, where it says something. */
export function mediaTypeHint(contentType: string | undefined): { readonly mediaType?: string } {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return SAYS_NOTHING.has(mediaType) ? {} : { mediaType };
}
