// The context of one exchange: fields are computed when a rule asks for them, at most once a phase.
//
// X1  Within a phase a field has one value, whatever happens to the exchange.
// X2  A field that never changes is computed once an exchange.

import type { Context, Value } from '../rules/index.ts'
import type { RuleFacts } from './facts.ts'
import { FIELDS } from './fields.ts'

export type RuleContext = Context & {
  readonly facts: RuleFacts
  /** Forgets what another phase may have changed; what never changes stays. */
  beginPhase(): void
}

/** Stands for "computed, and missing": `undefined` is "not computed". */
const MISSING = Symbol('missing')

type Read = (facts: RuleFacts) => Value | undefined

const READS: readonly Read[] = FIELDS.map(({ read, fallback }) => read ?? (() => fallback))
const CHANGES: readonly boolean[] = FIELDS.map(({ changes }) => changes === 'between-phases')

/** The context of one exchange.  Every phase begins itself; nobody else need call `beginPhase`. */
export function makeRuleContext(facts: RuleFacts): RuleContext {
  return new ExchangeContext(facts)
}

class ExchangeContext implements RuleContext {
  readonly facts: RuleFacts
  readonly #known: (Value | typeof MISSING | undefined)[] = []
  /** Places of known fields that the next phase forgets. */
  #passing: number[] = []

  constructor(facts: RuleFacts) {
    this.facts = facts
  }

  beginPhase(): void {
    if (this.#passing.length === 0) return
    for (const index of this.#passing) this.#known[index] = undefined
    this.#passing = []
  }

  get(index: number): Value | undefined {
    const known = this.#known[index]
    if (known !== undefined) return known === MISSING ? undefined : known
    return this.#compute(index)
  }

  #compute(index: number): Value | undefined {
    const value = READS[index]?.(this.facts)
    this.#known[index] = value === undefined ? MISSING : value
    if (CHANGES[index] === true) this.#passing.push(index)
    return value
  }

  /** Lists are not in this version; the scheme has none, so that no compiled rule asks. */
  isListed(): boolean {
    return false
  }
}
