// The answer to "why did this page get this copy, and will the browser let it have it?"  docs/decisions/0100.
//
// I1  Explaining changes nothing: no stored response, no mark of use, no count, no line in the access log, no fetch that
//     others could join.
// I2  `cache.status` is the CF-Cache-Status of the next request of that kind, if `cache.assumes` holds.

import { fail, ok, type Result } from '../../base/index.ts'
import { keyParts } from '../../cache/index.ts'
import {
  adviseOn,
  type CacheReport,
  checkPreflight,
  corsCheck,
  type Explain,
  type ExplainQuestion,
  type Explanation,
  isRedirectStatus,
  unsafeRequestHeaderNames,
} from '../../cors/index.ts'
import { fieldValue } from '../../http/index.ts'
import { OF_RULES } from '../debug-status.ts'
import type { EdgeServices } from '../edge.ts'
import type { Rehearsal } from './rehearse.ts'
import { type Travelled, travel } from './travel.ts'
import { findOthers, reportVariant } from './variants.ts'

/** The explainer of a running data plane. */
export function makeExplain(edge: EdgeServices): Explain {
  return async (question) => {
    const problem = checkZone(question, edge)
    return problem.ok ? ok(await explain(question, edge)) : problem
  }
}

function checkZone({ zone, url }: ExplainQuestion, edge: EdgeServices): Result<undefined, string> {
  const route = edge.routes.find(url.host, url.protocol === 'https:' ? 'https' : 'http')
  if (route.kind === 'found' && route.plans.normal.zone.id === zone) return ok(undefined)
  return fail(`${url.host} is no host of this zone`)
}

async function explain(question: ExplainQuestion, edge: EdgeServices): Promise<Explanation> {
  const { zone, probe: probes, ...page } = question
  const travelled = await travel({ page: { ...page, reading: 'chromium' }, zone, probes }, edge)
  const { first, preflight, hops, browser } = travelled
  return {
    rules: first.exchange.trail.filter((sentence) => OF_RULES.test(sentence)),
    cache: await reportCache(first, travelled, edge),
    answer: first.answer,
    probe: first.probe,
    preflight,
    hops,
    browser,
    advice: advise(question, travelled),
  }
}

async function reportCache(first: Rehearsal, { hops, lines }: Travelled, edge: EdgeServices): Promise<CacheReport> {
  const { exchange, status, assumes, eligible, variant } = first
  const others = await findOthers(first, edge)
  const isSingle = hops.length === 1
  return {
    ...{ status, assumes, eligible, key: exchange.key },
    keyParts: exchange.key === undefined ? [] : keyParts(exchange.key),
    variant: variant === undefined ? undefined : reportVariant(variant, edge),
    others: others.listed,
    moreOthers: others.areMore,
    trail: isSingle ? exchange.trail : [...exchange.trail, ...lines],
  }
}

function advise(question: ExplainQuestion, travelled: Travelled) {
  const { url, method, origin, credentials, headers, probe } = question
  const { browser, last } = travelled
  const { leg, rehearsal } = last
  const sentOrigin = fieldValue(leg.fields, 'origin')
  const isMade = rehearsal?.answer !== undefined && rehearsal.status === undefined
  return adviseOn({
    ...{ verdict: browser.verdict, code: browser.code, method, credentials, pageOrigin: origin },
    url: leg.kind === 'preflight' ? url.href : leg.url.href,
    origin: sentOrigin,
    isPreflight: leg.kind === 'preflight',
    lenientNames: lenientNames(question, travelled),
    unsafeNames: unsafeRequestHeaderNames(headers),
    fields: rehearsal?.answer?.fields,
    isMade,
    isRuleRedirect: isMade && isRedirectStatus(rehearsal.answer.status),
    isStored: rehearsal?.variant !== undefined,
    wouldPassNow: wouldPassNow(rehearsal, sentOrigin, credentials),
    wasProbed: probe,
  })
}

/** Headers with which Chromium lets the request go, and the standard does not, or not without asking. */
function lenientNames({ headers, credentials }: ExplainQuestion, { preflight, hops }: Travelled): readonly string[] {
  const [first] = hops
  if (first?.kind !== 'cors' && first?.kind !== 'preflight') return []
  const names = unsafeRequestHeaderNames(headers)
  if (preflight === undefined) return names
  const { passes, answer, requestFields } = preflight
  if (passes !== true || answer === undefined) return []
  const asker = { origin: fieldValue(requestFields, 'origin') ?? 'null', credentials }
  return names.filter((name) => {
    const alone = { method: 'GET', headers: headers.filter(([each]) => each === name) }
    return checkPreflight(alone, asker, answer, 'standard').kind === 'failed'
  })
}

/** Whether what the origin server says by now would pass the CORS check; undefined: nobody asked it. */
function wouldPassNow(
  rehearsal: Rehearsal | undefined,
  origin: string | undefined,
  credentials: boolean,
): boolean | undefined {
  if (rehearsal?.probe?.kind !== 'answered' || origin === undefined) return undefined
  const { status, fields } = rehearsal.probe.answer
  return status === 304 ? undefined : corsCheck({ origin, credentials }, fields).kind === 'passed'
}
