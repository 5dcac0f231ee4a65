// Compiles values: fields, indexes, calls.  What is known beforehand is done here once; a closure does the rest.

import type { Access, Argument, Call, Index } from './ast.ts'
import { literalValue } from './check-call.ts'
import type { CompileState, Getter } from './compile-state.ts'
import type { Implementation } from './functions/row.ts'
import { hasEach } from './infer.ts'
import type { MapValue, Value } from './types.ts'

/**
 * The value, or undefined when it is missing.  With a `[*]`: a flat array of what it unpacks, without what is missing in
 * it; undefined when the array or map itself is missing.
 */
export function compileAccess(state: CompileState, access: Access): Getter {
  const { base, indexes } = access
  const getBase = base.kind === 'name' ? compileName(state, base.name) : compileCall(state, base)
  if (indexes.length === 0) return getBase
  if (!hasEach(access)) return compileSteps(getBase, indexes)
  const split = indexes.findIndex((index) => index.kind === 'each')
  const getWhole = compileSteps(getBase, indexes.slice(0, split))
  const behind = indexes.slice(split + 1)
  return (context) => {
    const whole = getWhole(context)
    if (whole === undefined) return undefined
    if (behind.length === 0 && Array.isArray(whole)) return whole as readonly Value[]
    const out: Value[] = []
    for (const element of elementsOf(whole)) collect(element, behind, 0, out)
    return out
  }
}

function compileName(state: CompileState, name: string): Getter {
  const found = state.scheme.find(name)
  if (found?.kind !== 'field') return () => undefined
  const { index, constant } = found
  return constant === undefined ? (context) => context.get(index) : () => constant
}

function compileSteps(getBase: Getter, indexes: readonly Index[]): Getter {
  return indexes.reduce<Getter>((get, index) => {
    if (index.kind === 'key') {
      const { key } = index
      return (context) => (get(context) as MapValue | undefined)?.get(key)
    }
    const position = index.kind === 'at' ? index.position : 0
    return (context) => (get(context) as readonly Value[] | undefined)?.[position]
  }, getBase)
}

function elementsOf(value: Value): Iterable<Value> {
  return Array.isArray(value) ? (value as readonly Value[]) : (value as MapValue).values()
}

function collect(value: Value, indexes: readonly Index[], from: number, out: Value[]): void {
  const index = indexes[from]
  if (index === undefined) {
    out.push(value)
  } else if (index.kind === 'each') {
    for (const element of elementsOf(value)) collect(element, indexes, from + 1, out)
  } else {
    const element =
      index.kind === 'key' ? (value as MapValue).get(index.key) : (value as readonly Value[])[index.position]
    if (element !== undefined) collect(element, indexes, from + 1, out)
  }
}

/** Where a function is given a `[*]` first, it is applied to each element, and results that are missing are dropped. */
function compileCall(state: CompileState, call: Call): Getter {
  const row = state.scheme.find(call.name)
  if (row?.kind !== 'function') return () => undefined
  const literals = call.arguments.map((argument) =>
    argument.kind === 'literal' ? literalValue(argument.literal) : undefined,
  )
  const types = call.arguments.map((argument) => state.inference.argumentType(argument))
  const run = row.make(literals, types)
  const getters = call.arguments.map((argument) => compileArgument(state, argument))
  const apply = row.missing === 'own' ? applyAnyway(run, getters) : applyWhenPresent(run, getters)
  const first = call.arguments[0]
  const isMapped = first?.kind === 'value' && hasEach(first.value)
  return isMapped ? applyToEach(run, getters, row.missing) : apply
}

export function compileArgument(state: CompileState, argument: Argument): Getter {
  if (argument.kind === 'value') return compileAccess(state, argument.value)
  if (argument.kind === 'logical') return state.compileLogicalValue(state, argument.expression)
  const value = literalValue(argument.literal)
  return () => value
}

function applyAnyway(run: Implementation, getters: readonly Getter[]): Getter {
  return (context) => run(...getters.map((get) => get(context)))
}

const MISSING: Getter = () => undefined

/** One and two arguments, which nearly all calls have, go without an array. */
function applyWhenPresent(run: Implementation, getters: readonly Getter[]): Getter {
  const [first = MISSING, second = MISSING] = getters
  if (getters.length === 1) {
    return (context) => {
      const a = first(context)
      return a === undefined ? undefined : run(a)
    }
  }
  if (getters.length === 2) {
    return (context) => {
      const a = first(context)
      if (a === undefined) return undefined
      const b = second(context)
      return b === undefined ? undefined : run(a, b)
    }
  }
  return (context) => {
    const values = getters.map((get) => get(context))
    return values.includes(undefined) ? undefined : run(...values)
  }
}

function applyToEach(run: Implementation, getters: readonly Getter[], missing: 'in-out' | 'own'): Getter {
  const [getElements = MISSING, ...others] = getters
  return (context) => {
    const elements = getElements(context) as readonly Value[] | undefined
    if (elements === undefined) return undefined
    const rest = others.map((get) => get(context))
    if (missing === 'in-out' && rest.includes(undefined)) return []
    return elements.map((element) => run(element, ...rest)).filter((result) => result !== undefined)
  }
}
