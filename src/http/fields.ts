// Field lists: the form in which the edge keeps header fields.  RFC 9110 §5.
//
// Names are lower case (the listener delivers them so).  Lines of one name are one value joined with ", ", except
// Set-Cookie, whose lines stay apart.  A list is never changed after it was made.

/** One field line: lower-case name and value. */
export type Field = readonly [name: string, value: string]

/** Fields in order. */
export type FieldList = readonly Field[]

/** The value of a field, or undefined when the list has no such line; several lines are joined with ", ". */
export function fieldValue(fields: FieldList, name: string): string | undefined {
  let value: string | undefined
  for (const [fieldName, line] of fields) {
    if (fieldName === name) value = value === undefined ? line : `${value}, ${line}`
  }
  return value
}

export function hasField(fields: FieldList, name: string): boolean {
  return fields.some(([fieldName]) => fieldName === name)
}

export function withoutFields(fields: FieldList, names: ReadonlySet<string>): FieldList {
  return fields.filter(([name]) => !names.has(name))
}

/** The list with every line of `name` replaced by one line with `value`. */
export function withField(fields: FieldList, name: string, value: string): FieldList {
  return [...fields.filter(([fieldName]) => fieldName !== name), [name, value]]
}

/** Members of a comma-separated list, trimmed, empty ones dropped.  RFC 9110 §5.6.1; quoted commas do not split. */
export function listMembers(value: string): readonly string[] {
  const members: string[] = []
  for (const piece of splitUnquoted(value, ',')) {
    const member = trimOws(piece)
    if (member !== '') members.push(member)
  }
  return members
}

/**
 * The pieces between delimiters that stand outside quoted-strings (RFC 9110 §5.6.4), untrimmed, empty ones included.
 * A quote that nothing closes does not quote: from it on every delimiter splits, so that a stray `"` cannot hide the
 * members behind it, and so that no text is scanned twice.
 */
export function splitUnquoted(text: string, delimiter: ',' | ';'): readonly string[] {
  if (!text.includes('"')) return text.split(delimiter)
  const pieces: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i]
    if (char === delimiter) {
      pieces.push(text.slice(start, i))
      start = i + 1
    } else if (char === '"') {
      const end = closingQuote(text, i)
      if (end === undefined) return pieces.concat(text.slice(start).split(delimiter))
      i = end
    }
  }
  pieces.push(text.slice(start))
  return pieces
}

/** The index of the quote that closes the one at `open`, or undefined.  A backslash takes the next character along. */
function closingQuote(text: string, open: number): number | undefined {
  for (let i = open + 1; i < text.length; i += 1) {
    const char = text[i]
    if (char === '\\') i += 1
    else if (char === '"') return i
  }
  return undefined
}

/** The text without optional whitespace around it: SP and HTAB only.  RFC 9110 §5.6.3 (`trim()` takes far more). */
export function trimOws(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isOws(text.charCodeAt(start))) start += 1
  while (end > start && isOws(text.charCodeAt(end - 1))) end -= 1
  return start === 0 && end === text.length ? text : text.slice(start, end)
}

function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09
}
