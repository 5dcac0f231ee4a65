// What rules can know of an exchange.  Read lazily: a fact that no rule asks for costs nothing.
//
// Fields that only this edge may say (`cf-...`) are hidden as long as they can be a visitor's own.

import { type FieldList, splitTarget } from '../http/index.ts'
import {
  type FieldSource,
  type Locate,
  makeRuleContext,
  type ResponseFacts,
  type RuleContext,
  type RuleFacts,
  type Timings,
} from '../rulesets/index.ts'
import type { EdgeServices } from './edge.ts'
import type { RoutedExchange } from './exchange.ts'
import { UNKNOWN_PEER } from './nobody.ts'

/** The exchange's context for rules: one, made when the first phase runs. */
export function contextOf(exchange: RoutedExchange, edge: EdgeServices): RuleContext {
  exchange.context ??= makeRuleContext(new ExchangeFacts(exchange, edge))
  return exchange.context
}

/** The same for an exchange whose peer nobody has asked for: the runtime takes longer to tell it than most rules take. */
export function setContext(exchange: RoutedExchange, peer: AskPeer, edge: EdgeServices): void {
  exchange.context = makeRuleContext(new ExchangeFacts(exchange, edge, peer))
}

/** A peer's address, asked for when it is needed. */
export type AskPeer = () => { readonly address: string; readonly port?: number } | null

/** A context of its own for the same exchange with other fields: for a request that is made in nobody's name. */
export function contextWith(exchange: RoutedExchange, fields: Headers, edge: EdgeServices): RuleContext {
  return makeRuleContext(new ExchangeFacts({ ...exchange, presented: fields }, edge))
}

/** The visitor's own fields, without those that only this edge may say. */
export function isVisitors({ presented, clientRequest }: Pick<RoutedExchange, 'presented' | 'clientRequest'>): boolean {
  return presented === clientRequest.headers
}

class ExchangeFacts implements RuleFacts {
  readonly #exchange: RoutedExchange
  readonly #edge: EdgeServices
  readonly #askPeer: AskPeer | undefined

  constructor(exchange: RoutedExchange, edge: EdgeServices, askPeer?: AskPeer) {
    this.#exchange = exchange
    this.#edge = edge
    this.#askPeer = askPeer
  }

  get method(): string {
    return this.#exchange.method
  }
  get scheme(): 'http' | 'https' {
    return this.#exchange.scheme
  }
  get host(): string {
    return this.#exchange.host
  }
  get authority(): string {
    return this.#exchange.authority
  }
  get rawPath(): string {
    return splitTarget(this.#exchange.clientRequest.url).path
  }
  get rawQuery(): string {
    return splitTarget(this.#exchange.clientRequest.url).query
  }
  get rawFields(): FieldSource {
    return withoutOurs(this.#exchange.clientRequest.headers)
  }
  get httpVersion(): string {
    return RUNTIME_HIDES_VERSION
  }
  get peer(): string {
    return this.#askPeer === undefined ? this.#exchange.peer : (this.#askPeer()?.address ?? UNKNOWN_PEER)
  }
  get peerPort(): number | undefined {
    return this.#askPeer === undefined ? this.#exchange.peerPort : this.#askPeer()?.port
  }
  get serverAddress(): string | undefined {
    return this.#edge.addresses[this.#exchange.scheme]
  }
  get port(): number {
    return this.#exchange.port
  }
  get receivedAt(): RuleFacts['receivedAt'] {
    return this.#exchange.receivedAt
  }
  get ray(): string {
    return this.#exchange.ray
  }
  get zoneName(): string {
    return this.#exchange.plan.zone.name
  }
  get upstreamZone(): string {
    return this.#exchange.caller?.zoneName ?? ''
  }
  get locate(): Locate | undefined {
    return this.#edge.locate
  }
  get path(): string {
    return this.#exchange.rulePath
  }
  get query(): string {
    return this.#exchange.ruleQuery
  }
  get fields(): FieldSource {
    const { presented } = this.#exchange
    return isVisitors(this.#exchange)
      ? withoutOurs(presented)
      : { get: (name) => presented.get(name), entries: () => presented }
  }
  get timings(): Timings {
    const { originMillis, receivedAt } = this.#exchange
    return { edge: this.#edge.clock.now() - receivedAt, originTtfb: originMillis ?? 0, worker: 0 }
  }
  get response(): ResponseFacts | undefined {
    return this.#exchange.response
  }
}

// DEVIATION CF ruleset-engine/rules-language/fields/reference/http.request.version: always HTTP/1.1, because the runtime
// does not show the version of a request.
const RUNTIME_HIDES_VERSION = 'HTTP/1.1'

function withoutOurs(headers: Headers): FieldSource {
  return {
    get: (name) => (name.startsWith('cf-') ? null : headers.get(name)),
    *entries() {
      for (const field of headers) if (!field[0].startsWith('cf-')) yield field
    },
  }
}

/**
 * A response as rules see it; its fields become a list when a rule asks for them.  `raw`: the same response before rules
 * changed `headers`.
 */
export function responseFacts(
  status: number,
  headers: Headers,
  { errorType, errorCode }: Pick<ResponseFacts, 'errorType' | 'errorCode'> = NO_ERROR,
  raw?: FieldList,
): ResponseFacts {
  let list: FieldList | undefined
  const fields = (): FieldList => {
    list ??= [...headers]
    return list
  }
  return {
    status,
    errorType,
    errorCode,
    get fields() {
      return fields()
    },
    get rawFields() {
      return raw ?? fields()
    },
  }
}

const NO_ERROR = { errorType: '', errorCode: 0 } as const
