// What an expression uses: fields, functions, lists.  Phases ask whether they offer them; a planner, what to compute.

import type { Access, Argument, Expression } from './ast.ts'
import type { Inference } from './infer.ts'
import type { Scheme } from './scheme.ts'
import type { Type } from './types.ts'

export type Uses = {
  /** Names of fields, in order of first use. */
  readonly fields: ReadonlySet<string>
  /** How often each function is called. */
  readonly functions: ReadonlyMap<string, number>
  readonly lists: readonly { readonly name: string; readonly type: Type }[]
}

type Found = { readonly fields: Set<string>; readonly functions: Map<string, number>; readonly lists: UsedList[] }
type UsedList = Uses['lists'][number]

export function usesOf(tree: Expression | Access, scheme: Scheme, inference: Inference): Uses {
  const found: Found = { fields: new Set(), functions: new Map(), lists: [] }

  function visit(expression: Expression): void {
    switch (expression.kind) {
      case 'logical':
        expression.items.forEach(visit)
        break
      case 'not':
      case 'group':
        visit(expression.inner)
        break
      case 'quantifier':
        visitArgument(expression.argument)
        break
      case 'test':
        visitAccess(expression.value)
        break
      case 'comparison': {
        const { left, right } = expression
        visitAccess(left)
        const type = inference.typeOf(left)
        if (right.kind === 'dynamic') visitAccess(right.value)
        if (right.kind === 'list' && type !== undefined) found.lists.push({ name: right.name, type })
        return
      }
      case 'broken':
        break
    }
  }

  function visitAccess({ base }: Access): void {
    if (base.kind === 'name') {
      if (scheme.find(base.name) !== undefined) found.fields.add(base.name)
      return
    }
    found.functions.set(base.name, (found.functions.get(base.name) ?? 0) + 1)
    base.arguments.forEach(visitArgument)
  }

  function visitArgument(argument: Argument): void {
    if (argument.kind === 'value') visitAccess(argument.value)
    else if (argument.kind === 'logical') visit(argument.expression)
  }

  if ('base' in tree) visitAccess(tree)
  else visit(tree)
  return found
}

/**
 * The only values of a String field for which the filter can be true, or undefined when it can be true for any.  Many rules
 * on one field can so be looked up instead of tried one by one.
 */
export function necessaryValues(tree: Expression, field: string): ReadonlySet<string> | undefined {
  switch (tree.kind) {
    case 'group':
      return necessaryValues(tree.inner, field)
    case 'comparison':
      return valuesOfComparison(tree, field)
    case 'logical': {
      const sets = tree.items.map((item) => necessaryValues(item, field))
      if (tree.op === 'and') return sets.find((set) => set !== undefined)
      if (tree.op === 'xor' || sets.includes(undefined)) return undefined
      return new Set(sets.flatMap((set) => [...(set ?? [])]))
    }
    default:
      return undefined
  }
}

function valuesOfComparison(
  { left, op, right }: Expression & { kind: 'comparison' },
  field: string,
): ReadonlySet<string> | undefined {
  if (left.base.kind !== 'name' || left.base.name !== field || left.indexes.length > 0) return undefined
  if (op === 'eq' && right.kind === 'literal' && right.literal.kind === 'string') return new Set([right.literal.value])
  if (op !== 'in' || right.kind !== 'set') return undefined
  const values = right.items.map((item) =>
    item.kind === 'one' && item.literal.kind === 'string' ? item.literal.value : undefined,
  )
  return values.some((value) => value === undefined) ? undefined : new Set(values as string[])
}
