// The words and signs of the language.  There are no word boundaries: `eq443` is `eq` and `443`, `notssl` is `not ssl`.
// Each table is in the order in which spellings are tried, so that a longer one stands before its prefix.

export type LogicalOp = 'or' | 'xor' | 'and'

export type ComparisonOp =
  | 'eq'
  | 'ne'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'in'
  | 'contains'
  | 'matches'
  | 'wildcard'
  | 'strict wildcard'
  /** True when the two numbers share a bit. */
  | 'bitwise_and'

/** Lowest precedence first. */
export const PRECEDENCE: readonly LogicalOp[] = ['or', 'xor', 'and']

export const LOGICAL_SPELLINGS: readonly (readonly [string, LogicalOp])[] = [
  ['or', 'or'],
  ['||', 'or'],
  ['xor', 'xor'],
  ['^^', 'xor'],
  ['and', 'and'],
  ['&&', 'and'],
]

export const NOT_SPELLINGS: readonly string[] = ['not', '!']

export const QUANTIFIERS = ['any', 'all'] as const
export type Quantifier = (typeof QUANTIFIERS)[number]

export const COMPARISON_SPELLINGS: readonly (readonly [string, ComparisonOp])[] = [
  ['in', 'in'],
  ['eq', 'eq'],
  ['==', 'eq'],
  ['ne', 'ne'],
  ['!=', 'ne'],
  ['ge', 'ge'],
  ['>=', 'ge'],
  ['le', 'le'],
  ['<=', 'le'],
  ['gt', 'gt'],
  ['>', 'gt'],
  ['lt', 'lt'],
  ['<', 'lt'],
  ['&', 'bitwise_and'],
  ['bitwise_and', 'bitwise_and'],
  ['contains', 'contains'],
  ['~', 'matches'],
  ['matches', 'matches'],
  ['wildcard', 'wildcard'],
  ['strict wildcard', 'strict wildcard'],
]

/** The operators whose right side may be a field or a call.  CF changelog 2026-10-01: dynamic comparison values */
export const DYNAMIC_OPERATORS: ReadonlySet<ComparisonOp> = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge'])

const FOR_STRING: ReadonlySet<ComparisonOp> = new Set([
  ...DYNAMIC_OPERATORS,
  'in',
  'contains',
  'matches',
  'wildcard',
  'strict wildcard',
])
const FOR_INT: ReadonlySet<ComparisonOp> = new Set([...DYNAMIC_OPERATORS, 'in', 'bitwise_and'])
const FOR_IP: ReadonlySet<ComparisonOp> = new Set([...DYNAMIC_OPERATORS, 'in'])
const FOR_NONE: ReadonlySet<ComparisonOp> = new Set()

/** Whether a value of that kind of type may stand left of the operator. */
export function isOperatorFor(op: ComparisonOp, kind: string): boolean {
  const operators = kind === 'String' ? FOR_STRING : kind === 'Int' ? FOR_INT : kind === 'IP' ? FOR_IP : FOR_NONE
  return operators.has(op)
}
