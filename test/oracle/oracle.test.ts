// The short run of the oracle, and every disagreement that there ever was.  The long one is `npm run oracle`.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { checkResourcePolicy, unsafeRequestHeaderNames } from '../../src/cors/index.ts'
import { findChromium } from '../support/chromium.ts'
import type { Behaviour } from './behaviours.ts'
import { HEADERS, LOADS, POLICIES } from './cases.ts'
import { compare } from './compare.ts'
import { FIXTURES, PLAIN } from './fixtures.ts'
import { playAll } from './run.ts'
import { askingUrl, openTheatre, type Theatre } from './theatre.ts'

const SEED = Number(process.env.ORACLE_SEED ?? Math.floor(Math.random() * 2 ** 32))
const COMPARISONS = 60
const SHARED_COMPARISONS = 30
/** Behind every scenario of the first run, whose directories are in use. */
const FIRST_SHARED = 10_000
const START_MILLIS = 30_000
const RUN_MILLIS = 60_000

const chromium = findChromium()

if (chromium.kind === 'missing') {
  test.skip(`explain was NOT held against a browser. ${chromium.why}`, () => undefined)
} else {
  describe('explain, the answers of a running edge, and Chromium agree', () => {
    let theatre: Theatre
    beforeAll(async () => {
      theatre = await openTheatre(chromium.path)
    }, START_MILLIS)
    afterAll(() => theatre.close())

    test.each(FIXTURES)('where they once did not: %s', async (title, scenario) => {
      const { differences } = await compare(scenario, `f${Bun.hash(title).toString(36)}`, theatre)
      expect(differences).toEqual([])
    })

    test(
      'on the headers that make it ask first',
      async () => {
        theatre.play(PLAIN)
        const differences: string[] = []
        let number = 0
        for (const [name, values] of HEADERS) {
          for (const value of values) {
            number += 1
            const asking = { page: 'a', host: 'r', path: 'x', method: 'GET', credentials: false } as const
            const { relayed } = await theatre.browse({ ...asking, headers: { [name]: value } }, `h${number}`)
            const asksFirst = unsafeRequestHeaderNames([[name, value.trim()]], 'chromium').length > 0
            if ((relayed[0]?.method === 'OPTIONS') !== asksFirst) differences.push(`${name}: ${value}: ${asksFirst}`)
          }
        }
        expect(differences).toEqual([])
      },
      RUN_MILLIS,
    )

    test(
      'on resource policies',
      async () => {
        const differences: string[] = []
        for (const [index, resourcePolicy] of POLICIES.entries()) {
          theatre.play({ ...PLAIN, resourcePolicy } satisfies Behaviour)
          for (const [page, host] of LOADS) {
            const url = askingUrl({ host, path: 'x' }, `p${index}`, theatre.world)
            const fields =
              resourcePolicy === null ? [] : [['cross-origin-resource-policy', resourcePolicy.trim()] as const]
            const said = checkResourcePolicy(theatre.world.originOf(page), new URL(url), fields)
            const done = await theatre.load(page, url)
            if ((done === 'loaded') !== (said.kind === 'allowed')) {
              differences.push(`${resourcePolicy} of ${host} to ${page}: ${said.kind}, and Chromium: ${done}`)
            }
          }
        }
        expect(differences).toEqual([])
      },
      RUN_MILLIS,
    )

    test(
      `in ${COMPARISONS} comparisons (ORACLE_SEED=${SEED})`,
      async () => {
        const run = await playAll({ seed: SEED, comparisons: COMPARISONS }, theatre)
        expect(run.disagreements).toEqual([])
        expect(run.compared).toBe(COMPARISONS)
        expect(run.behaviours).toBeGreaterThanOrEqual(14)
      },
      RUN_MILLIS,
    )

    test(
      `in ${SHARED_COMPARISONS} comparisons where Origins share copies (ORACLE_SEED=${SEED})`,
      async () => {
        await theatre.shareCopies()
        const run = await playAll({ seed: SEED, comparisons: SHARED_COMPARISONS, first: FIRST_SHARED }, theatre)
        expect(run.disagreements).toEqual([])
        expect(run.compared).toBe(SHARED_COMPARISONS)
      },
      RUN_MILLIS,
    )
  })
}
