// Life of a request, in order.  Nothing else lives here: order is meaning, and this is the only place that has it.
//
//   admission ──► find-zone ──► request stages ──► run-scripts ──► cache-settings ──► the cache, or straight through
//             ──► deliver ──► response-headers ──► record
//
// A memory hit takes the short way in hot-path.ts, which the listener asks first; it uses the same judgements.

import { EdgeError, unreachable } from '../base/index.ts'
import { ClientGone } from '../origin/index.ts'
import type { EdgeServices } from './edge.ts'
import type { Exchange, KeyedExchange, RoutedExchange } from './exchange.ts'
import { faultAnswer } from './refusal.ts'
import type { EdgeResponse } from './response.ts'
import { applyCacheSettings } from './stages/cache-settings.ts'
import { chooseOrigin } from './stages/choose-origin.ts'
import { configure } from './stages/configure.ts'
import { deliver } from './stages/deliver.ts'
import { fetchThroughStore, validateBehind } from './stages/fetch.ts'
import { findZone } from './stages/find-zone.ts'
import { forward } from './stages/forward.ts'
import { invalidate, isSafe } from './stages/invalidate.ts'
import { limitUpload } from './stages/limit-upload.ts'
import { lookUp } from './stages/look-up.ts'
import { normalizeTarget } from './stages/normalize-url.ts'
import { record } from './stages/record.ts'
import { transformRequest } from './stages/request-headers.ts'
import { transformResponse } from './stages/response-headers.ts'
import { rewriteUrl } from './stages/rewrite-url.ts'
import { chooseScripts, runScripts } from './stages/run-scripts.ts'
import { screen } from './stages/screen.ts'
import { singleRedirect } from './stages/single-redirect.ts'
import type { Verdict } from './verdict.ts'

/** A stage of ours, which Cloudflare's phase list does not have. */
const OURS = undefined

type StageRow<Stage> = readonly [
  name: string,
  phase: string | undefined,
  run: (exchange: Stage, edge: EdgeServices) => Verdict,
]

/** Before anybody knows whose request it is. */
export const ADMISSION_STAGES: readonly StageRow<Exchange>[] = [['screen', OURS, screen]]

/** On the request of a zone, in Cloudflare's order of phases. */
export const REQUEST_STAGES: readonly StageRow<RoutedExchange>[] = [
  ['limit-upload', OURS, limitUpload],
  ['normalize-url', 'http_request_sanitize', normalizeTarget],
  ['single-redirect', 'http_request_dynamic_redirect', singleRedirect],
  ['rewrite-url', 'http_request_transform', rewriteUrl],
  ['configure', 'http_config_settings', configure],
  ['choose-origin', 'http_request_origin', chooseOrigin],
  ['request-headers', 'http_request_late_transform', transformRequest],
]

/** Answers one exchange.  Never rejects: a fault becomes an answer, and an exception nobody expected a 500 and an event. */
export async function handle(exchange: Exchange, edge: EdgeServices): Promise<Response> {
  try {
    return await finish(exchange, await answer(exchange, edge), edge)
  } catch (cause) {
    return finish(exchange, faultAnswer(exchange, faultOf(cause, edge)), edge)
  }
}

/** What is decided about a request before anybody is asked for an answer. */
export type Admission =
  | { readonly kind: 'answered'; readonly response: EdgeResponse }
  | { readonly kind: 'admitted'; readonly exchange: RoutedExchange }

/** Everything before the cache: may the request in, whose is it, and what do rules make of it?  Upgrades begin here too. */
export function admit(exchange: Exchange, edge: EdgeServices): Admission {
  const refused = runUntilAnswered(ADMISSION_STAGES, exchange, edge)
  if (refused !== undefined) return { kind: 'answered', response: refused }
  const found = findZone(exchange, edge)
  if (found.kind === 'answered') return found
  const response = runUntilAnswered(REQUEST_STAGES, found.exchange, edge)
  return response === undefined ? { kind: 'admitted', exchange: found.exchange } : { kind: 'answered', response }
}

/** From what the pipeline has to what the client gets.  Every answer ends here, whoever made it. */
export async function finish(exchange: Exchange, response: EdgeResponse, edge: EdgeServices): Promise<Response> {
  const delivered = await deliver(exchange, response, edge)
  const transformed = transformResponse(exchange, response, delivered, edge)
  if (!(transformed instanceof EdgeError)) return record(exchange, response, transformed, edge)
  // A rule failed: its page goes out instead, and no rule is asked about it.
  void delivered.body?.cancel().catch(() => undefined)
  const page = faultAnswer(exchange, transformed)
  return record(exchange, page, await deliver(exchange, page, edge), edge)
}

/** Waits for nothing itself: what passes through is under way before the first promise. */
function answer(exchange: Exchange, edge: EdgeServices): EdgeResponse | Promise<EdgeResponse> {
  const admission = admit(exchange, edge)
  return admission.kind === 'answered' ? admission.response : answerForZone(admission.exchange, edge)
}

/** What a script asks of its zone's cache or of the outside; it gets the answer as a visitor would, but for response rules. */
export function enterAtCache(
  exchange: Exchange,
  findDestination: () => ReturnType<typeof findZone>,
  edge: EdgeServices,
): Promise<Response> {
  return enterWith(exchange, edge, () => {
    const found = findDestination()
    return found.kind === 'answered' ? found.response : answerFromZone(found.exchange, edge)
  })
}

/** A script's request with an answer of any making.  Never rejects. */
export async function enterWith(
  exchange: Exchange,
  edge: EdgeServices,
  answerIt: () => EdgeResponse | Promise<EdgeResponse>,
): Promise<Response> {
  const deliverTo = async (response: EdgeResponse): Promise<Response> =>
    record(exchange, response, await deliver(exchange, response, edge), edge)
  try {
    return await deliverTo(await answerIt())
  } catch (cause) {
    return deliverTo(faultAnswer(exchange, faultOf(cause, edge)))
  }
}

/** Scripts first, where the URL has some; what they pass on comes back by enterAtCache. */
function answerForZone(exchange: RoutedExchange, edge: EdgeServices): Promise<EdgeResponse> {
  const choice = chooseScripts(exchange, edge)
  if (choice === undefined) return answerFromZone(exchange, edge)
  return runScripts(exchange, choice, edge).then((answered) => answered ?? answerFromZone(exchange, edge))
}

function answerFromZone(exchange: RoutedExchange, edge: EdgeServices): Promise<EdgeResponse> {
  const entrance = applyCacheSettings(exchange, edge)
  switch (entrance.kind) {
    case 'eligible':
      return answerFromCacheOrOrigin(entrance.exchange, edge)
    case 'bypass':
      return forward(exchange, edge, 'not-stored')
    case 'ineligible':
      return isSafe(exchange.method) ? forward(exchange, edge, 'ineligible') : forwardUnsafe(exchange, edge)
    default:
      return unreachable(entrance)
  }
}

async function forwardUnsafe(exchange: RoutedExchange, edge: EdgeServices): Promise<EdgeResponse> {
  return invalidate(exchange, await forward(exchange, edge, 'ineligible'), edge)
}

async function answerFromCacheOrOrigin(exchange: KeyedExchange, edge: EdgeServices): Promise<EdgeResponse> {
  const decision = await lookUp(exchange, edge)
  switch (decision.kind) {
    case 'fresh':
      return reuse(decision, 'reused-fresh')
    case 'stale-while-revalidate':
      validateBehind(exchange, decision.variant, edge)
      return reuse(decision, 'reused-while-validating')
    case 'must-validate':
      return fetchThroughStore(exchange, decision, edge)
    case 'miss':
      return fetchThroughStore(exchange, undefined, edge)
    default:
      return unreachable(decision)
  }
}

type Reusable = Extract<Awaited<ReturnType<typeof lookUp>>, { kind: 'fresh' | 'stale-while-revalidate' }>

function reuse({ variant, content }: Reusable, outcome: 'reused-fresh' | 'reused-while-validating'): EdgeResponse {
  return {
    kind: 'stored',
    outcome,
    stored: variant.response,
    body: { kind: 'content', content },
    receivedAge: undefined,
  }
}

function runUntilAnswered<Stage>(
  stages: readonly StageRow<Stage>[],
  exchange: Stage,
  edge: EdgeServices,
): EdgeResponse | undefined {
  for (const [, , run] of stages) {
    const verdict = run(exchange, edge)
    if (verdict.kind === 'answered') return verdict.response
  }
  return undefined
}

function faultOf(cause: unknown, edge: EdgeServices): EdgeError {
  if (cause instanceof EdgeError) return cause
  if (cause instanceof ClientGone) return new EdgeError('client-gone')
  edge.events({
    kind: 'unexpected',
    where: 'pipeline',
    reason: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
  })
  return new EdgeError('edge-internal', '', { cause })
}
