// Plays a scenario, and compares three opinions on what its page gets:
//
//   explain     what the edge said beforehand, over the API
//   the answers what the CORS protocol of src/cors makes of the messages that the browser really got
//   Chromium    what its fetch() did
//
// All must agree: on the verdict, on every request of the fetch (method, URL, Origin, CF-Cache-Status), on the status that
// the page sees and on the fields that it can read.

import { advance, type JourneyEnd, type PageRequest, parseMethod, setOut } from '../../src/cors/index.ts'
import type { FieldLine } from '../support/index.ts'
import type { PageName } from './behaviours.ts'
import { NO_ANSWER, type Relayed } from './relay.ts'
import type { Asking, Scenario, Step } from './scenario.ts'
import { askingUrl, BROWSER_ENCODINGS, type Fetched, type Theatre } from './theatre.ts'

export type Comparison = {
  /** One line for each difference; none: all agree. */
  readonly differences: readonly string[]
  /** `assumed`: explain did not send what could change something, and said so; its verdict is held against the browser
   *  only where what it assumed is so. */
  readonly kind: 'compared' | 'assumed' | 'unknown'
  readonly told: Told
  readonly fetched: Fetched
  readonly relayed: readonly Relayed[]
}

export type Told = {
  readonly cache: { readonly status: string | null; readonly assumes: string | null }
  readonly browser: {
    readonly verdict: 'allow' | 'block' | 'unknown'
    readonly step: string
    readonly why: string
    readonly assumes: string | null
    readonly exposed: readonly string[]
    readonly timing: 'visible' | 'hidden'
  }
  readonly answer: { readonly status: number } | null
  readonly hops: readonly {
    readonly kind: string
    readonly method: string
    readonly url: string
    readonly origin: string | null
    readonly cache_status: string | null
    readonly status: number | null
  }[]
}

/** Plays the scenario in a directory of its own, and compares. */
export async function compare(scenario: Scenario, directory: string, theatre: Theatre): Promise<Comparison> {
  theatre.play(scenario.behaviour)
  for (const step of scenario.history) await take(step, directory, theatre)
  const { asking } = scenario
  const unasked = await explain(asking, directory, theatre, false)
  const told = await explain(asking, directory, theatre, true)
  const { fetched, relayed } = await theatre.browse(asking, directory)
  await settle(statusesOf(relayed), theatre)
  const real = judge(asking, directory, relayed, theatre)
  const kind = told.browser.verdict === 'unknown' ? 'unknown' : told.browser.assumes === null ? 'compared' : 'assumed'
  return { differences: differencesOf({ unasked, told, fetched, relayed, real, kind }), kind, told, fetched, relayed }
}

// The history

async function take(step: Step, directory: string, theatre: Theatre): Promise<void> {
  const urls = (['x', 'y'] as const).map((path) => askingUrl({ host: 'r', path }, directory, theatre.world))
  switch (step.do) {
    case 'ask': {
      const { cacheStatus } = await theatre.ask(
        askingUrl(step, directory, theatre.world),
        originFields(step.page, theatre),
      )
      return settle([cacheStatus], theatre)
    }
    case 'browse': {
      const { relayed } = await theatre.browse(step.asking, directory)
      return settle(statusesOf(relayed), theatre)
    }
    case 'pass':
      theatre.edge.clock.advance(step.seconds * 1000)
      return
    case 'purge': {
      const origin = step.page === null ? undefined : theatre.world.originOf(step.page)
      const files = urls.map((url) => ({
        url,
        ...(origin === undefined ? { variants: 'all' } : { headers: { Origin: origin } }),
      }))
      await insist(theatre.api('/purge_cache', { files }))
      return
    }
    case 'invalidate':
      await insist(theatre.api('/invalidate_cache', { files: urls.map((url) => ({ url, variants: 'all' })) }))
      return
    case 'epoch':
      await insist(theatre.api('/cors_epoch', {}))
      return
    case 'change':
      theatre.play(step.behaviour)
      return
  }
}

function originFields(page: PageName | null, { world }: Theatre): readonly FieldLine[] {
  return page === null || page === 'own' ? [] : [['Origin', world.originOf(page)]]
}

async function insist(answer: Promise<{ readonly status: number; readonly text: string }>): Promise<void> {
  const { status, text } = await answer
  if (status !== 200) throw new Error(text)
}

const TURNS_TO_SETTLE = 40

/** A stale copy that went out is validated behind it: what follows must find that done, or given up. */
async function settle(statuses: readonly (string | undefined)[], theatre: Theatre): Promise<void> {
  if (!statuses.includes('UPDATING')) return
  // All of it is in this process: while other requests go to and fro, the validation does too.
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) await theatre.ask(`${theatre.world.baseOf('r')}/page`, [])
}

function statusesOf(relayed: readonly Relayed[]): readonly (string | undefined)[] {
  return relayed.map(({ fields }) => fields.find(([name]) => name === 'cf-cache-status')?.[1])
}

// The opinions

/** "If httpRequest's header list contains `Range`, then append `Accept-Encoding`/`identity`." */
function encodingsFor(headers: Asking['headers']): string {
  return Object.hasOwn(headers, 'Range') ? 'identity' : BROWSER_ENCODINGS
}

async function explain(asking: Asking, directory: string, theatre: Theatre, probe: boolean): Promise<Told> {
  const { page, method, headers, credentials } = asking
  const answer = await theatre.api('/explain', {
    url: askingUrl(asking, directory, theatre.world),
    ...{ method, credentials, origin: theatre.world.originOf(page), probe },
    headers: { ...headers, 'Accept-Encoding': encodingsFor(headers) },
  })
  if (answer.status !== 200) throw new Error(`explain answered ${answer.status}: ${answer.text}`)
  return (answer.json as { result: Told }).result
}

/** What src/cors makes of the messages; a text when the browser sent other requests than it should have. */
function judge(
  asking: Asking,
  directory: string,
  relayed: readonly Relayed[],
  { world }: Theatre,
): JourneyEnd | string {
  const { page, method, headers, credentials } = asking
  const request: PageRequest = {
    url: new URL(askingUrl(asking, directory, world)),
    method: parseMethod(method) ?? method,
    headers: Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const),
    origin: world.originOf(page),
    credentials,
    reading: 'chromium',
  }
  let journey = setOut(request)
  for (const [index, message] of relayed.entries()) {
    if (journey.kind === 'end') return `the browser sent more than ${index} requests`
    const { leg, state } = journey
    const origin = leg.fields.find(([name]) => name === 'origin')?.[1]
    const expected = `${leg.method} ${leg.url.href} ${origin}`
    const sent = `${message.method} ${message.url} ${message.origin}`
    if (sent !== expected) return `the browser sent ${sent}, and not ${expected}`
    if (message.status === NO_ANSWER) return WITHOUT_ANSWER
    journey = advance(state, message)
  }
  return journey.kind === 'end' ? journey.end : `the browser sent ${relayed.length} requests and no more`
}

const WITHOUT_ANSWER: JourneyEnd = {
  verdict: 'block',
  step: { name: 'no-answer', why: 'the connection was closed' },
  exposed: [],
  timing: 'hidden',
}

type Opinions = Pick<Comparison, 'told' | 'fetched' | 'relayed' | 'kind'> & {
  /** What explain said without a probe. */
  readonly unasked: Told
  readonly real: JourneyEnd | string
}

function differencesOf({ unasked, told, fetched, relayed, real, kind }: Opinions): readonly string[] {
  if (typeof real === 'string') return [real]
  const verdict = fetched.kind === 'response' ? 'allow' : 'block'
  const differences: string[] = []
  if (real.verdict !== verdict)
    differences.push(`the answers: ${real.verdict} (${real.step.why}), Chromium: ${verdict}`)
  if (fetched.kind === 'response') differences.push(...compareNames('the answers', real.exposed, fetched))
  const isSure = unasked.browser.verdict !== 'unknown' && unasked.browser.assumes === null
  if (isSure && unasked.browser.verdict !== verdict) {
    differences.push(`explain without a probe: ${unasked.browser.verdict}, Chromium: ${verdict}`)
  }
  if (kind === 'unknown') return differences
  const holds = kind === 'compared' || real.verdict === 'allow'
  if (told.browser.verdict !== verdict && holds) {
    differences.push(`explain: ${told.browser.verdict} (${told.browser.step}), Chromium: ${verdict}`)
  }
  differences.push(...compareRequests(told, relayed))
  if (fetched.kind === 'response' && kind === 'compared') {
    differences.push(...compareNames('explain', told.browser.exposed, fetched))
    if (told.browser.timing !== fetched.timing) {
      differences.push(`explain: timing ${told.browser.timing}, Chromium: ${fetched.timing}`)
    }
    const status = told.hops.at(-1)?.status
    if (status !== fetched.status) differences.push(`explain: status ${status}, Chromium: ${fetched.status}`)
  }
  return differences
}

/** How a message travelled is no field of the answer itself. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding'])

function compareNames(
  who: string,
  names: readonly string[],
  fetched: Extract<Fetched, { kind: 'response' }>,
): string[] {
  const [said, seen] = [names, fetched.names].map((each) =>
    each
      .filter((name) => !OF_THE_CONNECTION.has(name))
      .sort()
      .join(' '),
  )
  return said === seen ? [] : [`${who}: readable are ${said}; Chromium: ${seen}`]
}

/** Every request that explain foretold was sent, with that outcome; what was not sent for safety ends the list. */
function compareRequests({ hops }: Told, relayed: readonly Relayed[]): string[] {
  // Without an answer explain knows the method, URL and Origin alone.
  const foretold = hops.map(({ method, url, origin, cache_status, status }) =>
    status === null ? `${method} ${url} ${origin}` : `${method} ${url} ${origin} ${cache_status} ${status}`,
  )
  // A browser sends again what was closed on it.
  const answered = relayed.filter(({ status }, index) => status !== NO_ANSWER || index === relayed.length - 1)
  const sent = answered.map(({ method, url, origin = null, status, fields }, index) => {
    const cacheStatus = fields.find(([name]) => name === 'cf-cache-status')?.[1] ?? null
    return hops[index]?.status === null
      ? `${method} ${url} ${origin}`
      : `${method} ${url} ${origin} ${cacheStatus} ${status}`
  })
  const isSame =
    foretold.every((line, index) => line === sent[index]) &&
    (foretold.length === sent.length || hops.at(-1)?.status === null)
  return isSame ? [] : [`explain foretold ${foretold.join('; ')}, and Chromium sent ${sent.join('; ')}`]
}
