// The types of the language, and what a value of each is in JavaScript.
//
//   Bool             boolean
//   Int              number, or bigint beyond the safe integers: signed 64 bits
//   String           a byte string (bytes.ts)
//   IP               number for IPv4, bigint for IPv6: the family is the JavaScript type
//   Array<T>, Map<T> readonly array; anything that looks a string up
//
// Types are interned: equal types are the same object, so `===` compares them.

export type Type =
  | { readonly kind: 'Bool' | 'Int' | 'String' | 'IP'; readonly name: string }
  | { readonly kind: 'Array' | 'Map'; readonly element: Type; readonly name: string }

export type Ip = number | bigint

/** What a Map needs to answer; a `ReadonlyMap` does, and so can a view that finds its entries on demand. */
export type MapValue = {
  get(key: string): Value | undefined
  has(key: string): boolean
  values(): Iterable<Value>
}

export type Value = boolean | number | bigint | string | readonly Value[] | MapValue

export const BOOL: Type = { kind: 'Bool', name: 'Bool' }
export const INT: Type = { kind: 'Int', name: 'Int' }
export const STRING: Type = { kind: 'String', name: 'String' }
export const IP: Type = { kind: 'IP', name: 'IP' }

const arrays = new Map<Type, Type>()
const maps = new Map<Type, Type>()

export function arrayOf(element: Type): Type {
  return intern(arrays, 'Array', element)
}

export function mapOf(element: Type): Type {
  return intern(maps, 'Map', element)
}

function intern(known: Map<Type, Type>, kind: 'Array' | 'Map', element: Type): Type {
  const found = known.get(element)
  if (found !== undefined) return found
  const made: Type = { kind, element, name: `${kind}<${element.name}>` }
  known.set(element, made)
  return made
}

export const BOOL_ARRAY: Type = arrayOf(BOOL)
export const STRING_ARRAY: Type = arrayOf(STRING)

/** Whether operators exist for the type.  Arrays and maps are indexed first; Bool stands bare. */
export function isComparable(type: Type): boolean {
  return type.kind === 'Int' || type.kind === 'String' || type.kind === 'IP'
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** The one JavaScript form of an Int: a number where that is exact, else a bigint.  `===` then compares Ints. */
export function toInt(value: bigint): number | bigint {
  return value <= MAX_SAFE && value >= -MAX_SAFE ? Number(value) : value
}
