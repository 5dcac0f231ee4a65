// The exchange that a visit of scripts belongs to: what goes on from a script goes on where its visitor was going.

import type { Visit } from '../runtime/index.ts'
import type { RoutedExchange } from './exchange.ts'

const EXCHANGES = new WeakMap<object, RoutedExchange>()

/** Notes whose visit it is. */
export function noteVisitor(visit: Visit, exchange: RoutedExchange): void {
  EXCHANGES.set(visit, exchange)
}

/** The exchange of a visit that scripts hand back. */
export function visitorOf(visit: Pick<Visit, 'ray'> | undefined): RoutedExchange | undefined {
  return visit === undefined ? undefined : EXCHANGES.get(visit)
}
