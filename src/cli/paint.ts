// Colour on a terminal, and none elsewhere.

export type Paint = {
  good(text: string): string
  bad(text: string): string
  unsure(text: string): string
  faint(text: string): string
  strong(text: string): string
}

const same = (text: string): string => text

/** No colour: for files, pipes and whoever sets NO_COLOR. */
export const PLAIN: Paint = { good: same, bad: same, unsure: same, faint: same, strong: same }

const coloured =
  (code: string) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`

const COLOURED: Paint = {
  good: coloured('1;32'),
  bad: coloured('1;31'),
  unsure: coloured('1;33'),
  faint: coloured('2'),
  strong: coloured('1'),
}

/** The paint for a terminal.  no-color.org: NO_COLOR with any value but the empty one turns it off. */
export function paintFor({ NO_COLOR = '', TERM = '' }: Readonly<Record<string, string | undefined>>): Paint {
  return NO_COLOR !== '' || TERM === 'dumb' ? PLAIN : COLOURED
}

/** Text from outside as a terminal may show it: control characters, with which it could be steered, are replaced. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not go out.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?')
}
