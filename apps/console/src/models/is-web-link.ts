/** Whether a link of a card leads to a page of the web: nothing else is made a link of, and nothing within this platform. */
export function isWebLink(href: string | undefined): href is string {
  if (href === undefined || !/^https?:\/\//i.test(href)) return false;
  return URL.canParse(href);
}
