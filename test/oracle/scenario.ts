// One comparison, as data: what the origin server does, what happened before, and what a page asks in the end.

import { type Behaviour, type HostName, PAGE_NAMES, type PageName, pickBehaviour } from './behaviours.ts'
import { makeRandom, type Random } from './random.ts'

/** What a page asks for; `path` is of the scenario's own directory. */
export type Asking = {
  readonly page: PageName
  readonly host: HostName
  readonly path: 'x' | 'y'
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly credentials: boolean
}

export type Step =
  /** A client asks, with the Origin of that page or with none. */
  | { readonly do: 'ask'; readonly page: PageName | null; readonly path: 'x' | 'y'; readonly host: HostName }
  /** The browser itself asks. */
  | { readonly do: 'browse'; readonly asking: Asking }
  | { readonly do: 'pass'; readonly seconds: number }
  /** The URL is purged: all copies, or that of one page. */
  | { readonly do: 'purge'; readonly page: PageName | null }
  | { readonly do: 'invalidate' }
  | { readonly do: 'epoch' }
  /** The origin server changes its ways. */
  | { readonly do: 'change'; readonly behaviour: Behaviour }

export type Scenario = {
  readonly behaviour: Behaviour
  readonly history: readonly Step[]
  readonly asking: Asking
}

const METHODS = ['GET', 'GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'patch', 'OPTIONS', 'QUERY'] as const // biome-ignore format: a list
const HEADERS: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['X-A', ['1']],
  ['x-b', ['1']],
  ['Authorization', ['Basic dTpw']],
  ['Range', ['bytes=0-3', 'bytes=-3', 'bytes=0-1,3-4', 'bytes=9-']],
  ['Accept', ['text/plain', 'a"b', 'x'.repeat(128), 'x'.repeat(129)]],
  ['Accept-Language', ['de, en;q=0.5', 'd_e']],
  ['Content-Language', ['de']],
  ['Content-Type', ['text/plain', 'application/json', 'text/plain;charset=utf-8', 'multipart/form-data; boundary="x"']],
  ['If-None-Match', ['"1"']],
  ['User-Agent', ['x']],
  ['Cache-Control', ['no-cache']],
  ['Save-Data', ['on']],
  ['Viewport-Width', ['100']],
  ['X-HTTP-Method-Override', ['PUT', 'TRACE', 'GET, connect']],
  ['Proxy-X', ['1']],
  ['Sec-X', ['1']],
  ['Referer', ['http://a.example/']],
]

/** The scenario of this number in the run of this seed. */
export function makeScenario(seed: number, number: number): Scenario {
  const random = makeRandom(seed, number)
  const behaviour = pickBehaviour(random)
  const history = Array.from({ length: random.below(5) }, () => pickStep(random))
  return { behaviour, history, asking: pickAsking(random) }
}

function pickAsking(random: Random): Asking {
  const method = random.pick(METHODS)
  return {
    page: random.pick(PAGE_NAMES),
    host: 'r',
    path: random.once(8) ? 'y' : 'x',
    method,
    headers: Object.fromEntries(random.once(3) ? pickHeaders(random) : []),
    credentials: random.once(3),
  }
}

function pickHeaders(random: Random): readonly (readonly [string, string])[] {
  const chosen = HEADERS.filter(() => random.once(5))
  return (chosen.length === 0 ? [random.pick(HEADERS)] : chosen).map(([name, values]) => [name, random.pick(values)])
}

function pickStep(random: Random): Step {
  switch (random.below(10)) {
    case 0:
    case 1:
      return { do: 'pass', seconds: random.pick([1, 11, 61]) }
    case 2:
      return { do: 'purge', page: random.pick([null, ...PAGE_NAMES]) }
    case 3:
      return { do: random.pick(['invalidate', 'epoch']) }
    case 4:
      return { do: 'change', behaviour: pickBehaviour(random) }
    case 5:
      return { do: 'browse', asking: pickAsking(random) }
    default:
      return {
        do: 'ask',
        page: random.pick([null, ...PAGE_NAMES]),
        path: random.once(4) ? 'y' : 'x',
        host: random.pick(['r', 'r', 's', 'a']),
      }
  }
}
