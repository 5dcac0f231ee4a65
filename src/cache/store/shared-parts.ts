// What stored responses have in common, kept once: a thousand copies of one response for a thousand Origins differ in
// one field.  Each part is counted, and goes with the last response that uses it, so the tables are as large as what is
// stored, and `bytes` is what they cost.
//
// S1  `take` and `release` of one response balance: every part that `take` counted up, `release` counts down.

import type { Field, FieldList } from '../../http/index.ts'
import type { Freshness, Location, StoredBody, StoredResponse } from '../stored-response.ts'

/** A part beside its characters: the object, its place in a table, its count; resident, by bench/store-memory.ts. */
const PART_BYTES = 240
/** An empty map, for the values of one field name or the locations of one host. */
const TABLE_BYTES = 400

type Part<Value> = { readonly value: Value; count: number }
type FieldPart = Part<Field> & {
  /** The list that has this field and no other: most requests send nothing beside `Origin` again. */
  alone: FieldList | undefined
}

/** All values of one field name. */
type FieldTable = { readonly name: string; readonly values: Map<string, FieldPart> }

const NO_FIELDS: FieldList = []
const NO_SELECTING: StoredResponse['selecting'] = []

export class SharedParts {
  /** By name, then by value. */
  readonly #fields = new Map<string, FieldTable>()
  readonly #places = new Parts<Map<string, Part<Location>>>()
  readonly #freshness = new Parts<Freshness>()
  readonly #tags = new Parts<readonly string[]>()
  #fieldBytes = 0
  #locationBytes = 0

  /** What the tables cost. */
  get bytes(): number {
    return this.#fieldBytes + this.#locationBytes + this.#places.bytes + this.#freshness.bytes + this.#tags.bytes
  }

  /** The same response, made of shared parts. */
  take(response: StoredResponse, body: StoredBody): StoredResponse {
    return {
      id: response.id,
      key: response.key,
      location: this.#takeLocation(response.location),
      selecting: response.selecting.length === 0 ? NO_SELECTING : response.selecting,
      requestFields: this.#takeFields(response.requestFields),
      status: response.status,
      fields: this.#takeFields(response.fields),
      tags: this.#tags.take(textOfTags(response.tags), response.tags),
      freshness: this.#freshness.take(textOfFreshness(response.freshness), response.freshness),
      responseTime: response.responseTime,
      initialAge: response.initialAge,
      revision: response.revision,
      body,
    }
  }

  /** Gives back the parts of a response that `take` made. */
  release(response: StoredResponse): void {
    this.#releaseLocation(response.location)
    for (const field of response.requestFields) this.#releaseField(field)
    for (const field of response.fields) this.#releaseField(field)
    this.#tags.release(textOfTags(response.tags))
    this.#freshness.release(textOfFreshness(response.freshness))
  }

  // Fields

  #takeFields(fields: FieldList): FieldList {
    const [first] = fields
    if (first === undefined) return NO_FIELDS
    if (fields.length > 1) return fields.map((field) => this.#takeField(field).value)
    const part = this.#takeField(first)
    part.alone ??= [part.value]
    return part.alone
  }

  #takeField([fieldName, value]: Field): FieldPart {
    const { name, values } = this.#fields.get(fieldName) ?? this.#openTable(fieldName)
    let part = values.get(value)
    if (part === undefined) {
      part = { value: [name, value], count: 0, alone: undefined }
      values.set(value, part)
      this.#fieldBytes += PART_BYTES + value.length
    }
    part.count += 1
    return part
  }

  #openTable(name: string): FieldTable {
    const table: FieldTable = { name, values: new Map() }
    this.#fields.set(name, table)
    this.#fieldBytes += TABLE_BYTES + name.length
    return table
  }

  #releaseField([name, value]: Field): void {
    const values = this.#fields.get(name)?.values
    const part = values?.get(value)
    if (values === undefined || part === undefined) return
    part.count -= 1
    if (part.count > 0) return
    values.delete(value)
    this.#fieldBytes -= PART_BYTES + value.length
    if (values.size > 0) return
    this.#fields.delete(name)
    this.#fieldBytes -= TABLE_BYTES + name.length
  }

  // Locations: by zone, scheme and host, then by path and query.

  #takeLocation(location: Location): Location {
    const place = this.#places.take(textOfPlace(location), new Map())
    const text = textOfTarget(location)
    let part = place.get(text)
    if (part === undefined) {
      const [same] = place.values()
      const { zone, scheme, host } = same?.value ?? location
      part = { value: { ...location, zone, scheme, host }, count: 0 }
      place.set(text, part)
      this.#locationBytes += PART_BYTES + 2 * text.length
    }
    part.count += 1
    return part.value
  }

  #releaseLocation(location: Location): void {
    const text = textOfPlace(location)
    const place = this.#places.get(text)
    const target = textOfTarget(location)
    const part = place?.get(target)
    if (place === undefined || part === undefined) return
    this.#places.release(text)
    part.count -= 1
    if (part.count > 0) return
    place.delete(target)
    this.#locationBytes -= PART_BYTES + 2 * target.length
  }
}

/** Values by the text that says what they are. */
class Parts<Value> {
  readonly #parts = new Map<string, Part<Value>>()
  bytes = 0

  get(text: string): Value | undefined {
    return this.#parts.get(text)?.value
  }

  take(text: string, value: Value): Value {
    let part = this.#parts.get(text)
    if (part === undefined) {
      part = { value, count: 0 }
      this.#parts.set(text, part)
      this.bytes += TABLE_BYTES + 2 * text.length
    }
    part.count += 1
    return part.value
  }

  release(text: string): void {
    const part = this.#parts.get(text)
    if (part === undefined) return
    part.count -= 1
    if (part.count > 0) return
    this.#parts.delete(text)
    this.bytes -= TABLE_BYTES + 2 * text.length
  }
}

// Texts that differ when the values do.

function textOfPlace({ zone, scheme, host }: Location): string {
  return `${zone} ${scheme} ${host}`
}

/** A path begins with a slash, never with a digit.  One without a query is its own text, which costs nothing. */
function textOfTarget({ path, query }: Location): string {
  return query === '' ? path : `${path.length} ${path}${query}`
}

function textOfTags(tags: readonly string[]): string {
  return tags.length === 0 ? '' : JSON.stringify(tags)
}

function textOfFreshness(freshness: Freshness): string {
  const { lifetime, alwaysValidate, staleWhileRevalidate, staleIfError, staleIfUnreachable } = freshness
  return `${lifetime} ${alwaysValidate} ${staleWhileRevalidate} ${staleIfError} ${staleIfUnreachable}`
}
