/**
 * Whether a text is like a pattern, in which `*` stands for any characters and `?` for one; capitals do not matter. It goes back
 * to the last `*` only, so a pattern that somebody wrote cannot make it slow as a regular expression could be made.
 */
export function isLike(text: string, pattern: string): boolean {
  const [of, like] = [text.toUpperCase(), pattern.toUpperCase()];
  let at = 0;
  let next = 0;
  let star = -1;
  let resumeAt = 0;
  while (at < of.length) {
    if (like[next] === '*') {
      star = next;
      resumeAt = at;
      next += 1;
    } else if (next < like.length && (like[next] === '?' || like[next] === of[at])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      next = star + 1;
      resumeAt += 1;
      at = resumeAt;
    } else {
      return false;
    }
  }
  while (like[next] === '*') next += 1;
  return next === like.length;
}
