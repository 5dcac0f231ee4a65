// The text of a pattern and the position in it.  A pattern is a byte string; a character beyond ASCII is its UTF-8 bytes.

export type Flags = {
  readonly ignoreCase: boolean
  readonly multiLine: boolean
  readonly dotAll: boolean
  readonly swapGreed: boolean
  readonly ignoreSpace: boolean
  /** Characters, not bytes, are what classes and cases are about. */
  readonly unicode: boolean
  /** Lines may end in CR LF. */
  readonly crlf: boolean
}

export const NO_FLAGS: Flags = {
  ignoreCase: false,
  multiLine: false,
  dotAll: false,
  swapGreed: false,
  ignoreSpace: false,
  unicode: false,
  crlf: false,
}

export type Reader = {
  readonly pattern: string
  at: number
  flags: Flags
  /** Capturing groups begun. */
  groups: number
  readonly names: Set<string>
  /** Open groups and brackets around the position. */
  depth: number
  /** What is wrong; the first counts. */
  fault: string | undefined
}

export function makeReader(pattern: string): Reader {
  return { pattern, at: 0, flags: NO_FLAGS, groups: 0, names: new Set(), depth: 0, fault: undefined }
}

/** Notes what is wrong; the answer is what every reading function answers then. */
export function refuse(reader: Reader, why: string): undefined {
  reader.fault ??= why
  return undefined
}

export function peek(reader: Reader): string {
  return reader.pattern.charAt(reader.at)
}

export function isDone(reader: Reader): boolean {
  return reader.at >= reader.pattern.length
}

/** Steps over the text if it stands here. */
export function take(reader: Reader, text: string): boolean {
  if (!reader.pattern.startsWith(text, reader.at)) return false
  reader.at += text.length
  return true
}

/** One character: a byte of ASCII, or all bytes of a UTF-8 sequence. */
export function takeCharacter(reader: Reader): string {
  const start = reader.at++
  while ((reader.pattern.charCodeAt(reader.at) & 0xc0) === 0x80) reader.at++
  return reader.pattern.slice(start, reader.at)
}

/** Under the `x` flag spaces and comments mean nothing between the parts of a pattern. */
export function skipIgnored(reader: Reader): void {
  if (!reader.flags.ignoreSpace) return
  for (;;) {
    const character = peek(reader)
    if (character === '#') {
      const newline = reader.pattern.indexOf('\n', reader.at)
      reader.at = newline < 0 ? reader.pattern.length : newline + 1
    } else if (character !== '' && ' \t\n\v\f\r'.includes(character)) reader.at++
    else return
  }
}
