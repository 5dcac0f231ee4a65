// Compiles an operator and its right side into a test of one value.

import type { Literal, Right, SetItem } from './ast.ts'
import { literalValue } from './check-call.ts'
import { compileAccess } from './compile-access.ts'
import type { CompileState, Context, Getter } from './compile-state.ts'
import { lastOf } from './ip.ts'
import { makeRangeTest, type Ordinal, type OrdinalRange } from './range-set.ts'
import { compileRegex } from './regex/regex.ts'
import type { ComparisonOp } from './token.ts'
import { IP, type Type, type Value } from './types.ts'
import { compileWildcard } from './wildcard.ts'

/** Whether a present value passes.  Missing ones are the caller's. */
export type ValueTest = (value: Value, context: Context) => boolean

export function compileComparison(state: CompileState, op: ComparisonOp, right: Right, type: Type): ValueTest {
  switch (right.kind) {
    case 'literal':
      return compileLiteral(op, literalValue(right.literal), type)
    case 'dynamic':
      return compileDynamic(op, compileAccess(state, right.value), type)
    case 'set':
      return compileSet(right.items, type)
    case 'list': {
      const { name } = right
      return (value, context) => context.isListed(name, value)
    }
    case 'regex': {
      const regex = compileRegex(right.pattern)
      return regex.ok ? (value) => regex.value.test(value as string) : never
    }
    case 'wildcard': {
      const wildcard = compileWildcard(right.pattern, op === 'strict wildcard' ? 'exact' : 'any-case')
      return wildcard.ok ? (value) => wildcard.value.test(value as string) : never
    }
    case 'broken':
      return never
  }
}

function never(): boolean {
  return false
}

type Order = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'

/** Byte-exact for Strings, as byte strings compare; exact for Ints, whichever of their two forms they have. */
const ORDERS: Readonly<Record<Order, (a: Ordinal | string, b: Ordinal | string) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
}

function compileLiteral(op: ComparisonOp, literal: Value, type: Type): ValueTest {
  if (op === 'eq') return (value) => value === literal
  if (op === 'ne') return (value) => value !== literal
  if (op === 'contains') return (value) => (value as string).includes(literal as string)
  if (op === 'bitwise_and') return (value) => sharesBit(value as Ordinal, literal as Ordinal)
  const compare = orderFor(op, type)
  return (value) => compare(value as Ordinal, literal as Ordinal)
}

function compileDynamic(op: ComparisonOp, get: Getter, type: Type): ValueTest {
  const compare = orderFor(op, type)
  return (value, context) => {
    const right = get(context)
    // "missing <op> …, any op incl. ne: false" holds for either side.
    return right !== undefined && compare(value as Ordinal, right as Ordinal)
  }
}

/** "IPv4 vs IPv6: only `ne` is true, all else false." */
function orderFor(op: ComparisonOp, type: Type): (a: Ordinal | string, b: Ordinal | string) => boolean {
  const compare = ORDERS[op as Order] ?? never
  if (type !== IP || op === 'eq' || op === 'ne') return compare
  return (a, b) => typeof a === typeof b && compare(a, b)
}

const LOW_31_BITS = 0x7fffffff

function sharesBit(a: Ordinal, b: Ordinal): boolean {
  const isSmall = typeof a === 'number' && typeof b === 'number' && a >= 0 && b >= 0
  if (isSmall && a <= LOW_31_BITS && b <= LOW_31_BITS) return (a & b) !== 0
  return (BigInt(a) & BigInt(b)) !== 0n
}

function compileSet(items: readonly SetItem[], type: Type): ValueTest {
  const ranges = items.map(rangeOf)
  if (type === IP) {
    const ipv4 = makeRangeTest(ranges.filter(([low]) => typeof low === 'number') as OrdinalRange[])
    const ipv6 = makeRangeTest(ranges.filter(([low]) => typeof low === 'bigint') as OrdinalRange[])
    return (value) => (typeof value === 'number' ? ipv4(value) : ipv6(value as bigint))
  }
  if (type.kind === 'Int') {
    const test = makeRangeTest(ranges as OrdinalRange[])
    return (value) => test(value as Ordinal)
  }
  const [only, ...others] = ranges.map(([low]) => low)
  if (others.length === 0 && only !== undefined) return (value) => value === only
  const set = new Set<Value>(ranges.map(([low]) => low))
  return (value) => set.has(value)
}

function rangeOf(item: SetItem): readonly [Ordinal | string, Ordinal | string] {
  if (item.kind === 'network') return [item.address, lastOf(item.address, item.prefix)]
  return item.kind === 'one' ? [scalar(item.literal), scalar(item.literal)] : [scalar(item.low), scalar(item.high)]
}

function scalar(literal: Literal): Ordinal | string {
  return literalValue(literal) as Ordinal | string
}
