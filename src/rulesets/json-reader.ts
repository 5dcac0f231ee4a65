// Reads JSON that a client wrote, member by member, and notes everything that is wrong with it instead of stopping at the
// first fault.  Total: it never throws, whatever the JSON.
//
// A reader stands at one place of the document and knows its JSON Pointer (RFC 6901).  `undefined` from a method means
// that a problem was noted; the document is then refused as a whole.

export type JsonProblem = {
  /** RFC 6901, from the value that was given to `makeJsonReader`. */
  readonly pointer: string
  /** What is wrong, the limit, and what to do: lower case, no full stop. */
  readonly message: string
  /** One that clients know by a number of its own. */
  readonly kind?: 'missing-parameters'
}

export interface JsonReader {
  readonly value: unknown
  /** Notes a problem here. */
  refuse(message: string): undefined
  /** The members of an object; those that `known` does not list are refused. */
  members(known: readonly string[]): ReadonlyMap<string, JsonReader> | undefined
  /** The members of an object whose names are free. */
  entries(): readonly (readonly [name: string, member: JsonReader])[] | undefined
  /** The elements of an array of `min` to `max`. */
  elements(min: number, max: number): readonly JsonReader[] | undefined
  boolean(): boolean | undefined
  /** A whole number within bounds; `what` names it with its article and unit: "a lifetime in seconds". */
  integer(what: string, min: number, max: number): number | undefined
  string(): string | undefined
  oneOf<Choice extends string>(choices: readonly Choice[]): Choice | undefined
}

/** How many problems are noted; who makes more has misunderstood something that the first ones tell. */
const MAX_PROBLEMS = 20
const MAX_QUOTED_CHARACTERS = 60

/** A reader of the whole document, and the list that its problems go to. */
export function makeJsonReader(json: unknown): {
  readonly reader: JsonReader
  readonly problems: readonly JsonProblem[]
} {
  const problems: JsonProblem[] = []
  return { reader: readerAt(json, undefined, problems), problems }
}

/** A value as it can stand in a message: JSON, cut short. */
export function quote(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  const isLong = typeof value === 'string' && value.length > MAX_QUOTED_CHARACTERS
  return JSON.stringify(isLong ? `${value.slice(0, MAX_QUOTED_CHARACTERS)}...` : value) ?? 'nothing'
}

/** `a`, `a or b`, `a, b or c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`
}

/** Where a reader stands below another; a pointer is written only for who has something to refuse. */
type Place = { readonly above: Place | undefined; readonly name: string | number }

function pointerOf(place: Place | undefined): string {
  let pointer = ''
  for (let at = place; at !== undefined; at = at.above) pointer = `/${escapeSegment(String(at.name))}${pointer}`
  return pointer
}

function readerAt(value: unknown, place: Place | undefined, problems: JsonProblem[]): JsonReader {
  const refuse = (message: string): undefined => {
    if (problems.length < MAX_PROBLEMS) problems.push({ pointer: pointerOf(place), message })
    return undefined
  }
  const child = (name: string | number, member: unknown): JsonReader =>
    readerAt(member, { above: place, name }, problems)
  const entries: JsonReader['entries'] = () => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return refuse(`${quote(value)} is not an object; write { ... }`)
    }
    return Object.entries(value).map(([name, member]) => [name, child(name, member)] as const)
  }

  return {
    value,
    refuse,
    entries,
    members: (known) => {
      const all = entries()
      for (const [name, member] of all ?? []) {
        if (!known.includes(name)) member.refuse(`${quote(name)} is not known here; use ${listed(known)}`)
      }
      return all === undefined ? undefined : new Map(all)
    },
    elements: (min, max) => {
      if (!Array.isArray(value)) return refuse(`${quote(value)} is not an array; write [ ... ]`)
      if (value.length < min) return refuse('an empty list names nothing; add to it, or leave it out')
      if (value.length > max) return refuse(`${value.length} items exceed ${max}; remove ${value.length - max}`)
      return value.map((element, index) => child(index, element))
    },
    boolean: () =>
      typeof value === 'boolean' ? value : refuse(`${quote(value)} is not a boolean; write true or false`),
    integer: (what, min, max) => {
      const isWhole = typeof value === 'number' && Number.isInteger(value)
      if (isWhole && value >= min && value <= max) return value
      return refuse(`${quote(value)} is not ${what}; write a whole number from ${min} to ${max}`)
    },
    string: () => (typeof value === 'string' ? value : refuse(`${quote(value)} is not a string; put it in quotes`)),
    oneOf: (choices) =>
      choices.find((choice) => choice === value) ?? refuse(`${quote(value)} is not known here; use ${listed(choices)}`),
  }
}

function escapeSegment(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1')
}
