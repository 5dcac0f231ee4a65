// Scenarios in which explain, the answers and Chromium once disagreed, each with what was wrong.  They are played again in
// every run of the tests.

import type { Behaviour } from './behaviours.ts'
import type { Scenario } from './scenario.ts'

/** Grants everything to everybody. */
export const PLAIN: Behaviour = {
  ...{ name: 'plain', grant: 'star', credentials: null, vary: 'never', gaps: [], status: 200, entityTag: false },
  ...{ cacheControl: 'max-age=60', redirect: null, onward: null, expose: null },
  ...{ resourcePolicy: null, timing: null, parts: false, setCookie: false },
  preflight: { status: 204, methods: 'GET, PUT', headers: 'x-a', maxAge: null },
  ...{ encodes: false, cuts: false },
}
const OWN = { page: 'own', host: 'r', path: 'x', method: 'GET', headers: {}, credentials: false } as const

export const FIXTURES: readonly (readonly [title: string, scenario: Scenario])[] = [
  [
    'patch in lower case stays so, and the listener closes the connection on it; explain allowed it',
    { behaviour: PLAIN, history: [], asking: { ...OWN, method: 'patch' } },
  ],
  [
    'several ranges of a stored answer are a 206; explain told a 200',
    { behaviour: PLAIN, history: [], asking: { ...OWN, method: 'HEAD', headers: { Range: 'bytes=0-1,3-4' } } },
  ],
  [
    'a page of the edge has a Date too, which explain did not name',
    { behaviour: { ...PLAIN, cuts: true }, history: [], asking: OWN },
  ],
  [
    'Chromium lets * stand for Authorization, which the standard does not',
    {
      behaviour: { ...PLAIN, preflight: { ...PLAIN.preflight, headers: '*' } },
      history: [],
      asking: { ...OWN, page: 'a', headers: { Authorization: 'Basic dTpw' } },
    },
  ],
  [
    'with a range Chromium asks for no coding; the oracle told explain otherwise',
    { behaviour: { ...PLAIN, encodes: true }, history: [], asking: { ...OWN, headers: { Range: 'bytes=0-1' } } },
  ],
  [
    'a circle of redirects comes back to what it has stored itself; explain foretold a MISS each time',
    { behaviour: { ...PLAIN, redirect: { status: 307, to: 's/x2' } }, history: [], asking: { ...OWN, page: 'port' } },
  ],
  [
    'Chromium follows no redirect to a URL with credentials, not even within the own origin of the page',
    { behaviour: { ...PLAIN, redirect: { status: 307, to: 'own-credentials' } }, history: [], asking: OWN },
  ],
  [
    'Chromium sends client hints without asking first, which the standard does not',
    {
      behaviour: PLAIN,
      history: [],
      asking: { ...OWN, page: 'a', headers: { 'Viewport-Width': '100', 'Save-Data': 'on' } },
    },
  ],
  [
    'to Chromium an empty Location is none; by the standard it leads to the same URL, without end',
    { behaviour: { ...PLAIN, redirect: { status: 302, to: 'empty' } }, history: [], asking: { ...OWN, page: 'a' } },
  ],
  [
    'Chromium keeps the bytes of a Location that are not ASCII; they were encoded as UTF-8',
    { behaviour: { ...PLAIN, redirect: { status: 302, to: 'ä/y' } }, history: [], asking: { ...OWN, page: 'a' } },
  ],
  [
    'an override to a method that no page may use is not sent, and so not in the key',
    {
      behaviour: PLAIN,
      history: [{ do: 'ask', page: 'a', path: 'x', host: 'r' }],
      asking: { ...OWN, page: 'a', headers: { 'X-HTTP-Method-Override': 'TRACE' } },
    },
  ],
  [
    'a POST that is not sent has no status in the cache yet; explain told one',
    { behaviour: { ...PLAIN, cuts: true }, history: [], asking: { ...OWN, method: 'POST', credentials: true } },
  ],
]
