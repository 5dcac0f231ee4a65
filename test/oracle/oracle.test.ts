// The short run of the oracle, and every disagreement that there ever was.  The long one is `npm run oracle`.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findChromium } from '../support/chromium.ts'
import { compare } from './compare.ts'
import { FIXTURES } from './fixtures.ts'
import { playAll } from './run.ts'
import { openTheatre, type Theatre } from './theatre.ts'

const SEED = Number(process.env.ORACLE_SEED ?? Math.floor(Math.random() * 2 ** 32))
const COMPARISONS = 60
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
      `in ${COMPARISONS} comparisons (ORACLE_SEED=${SEED})`,
      async () => {
        const run = await playAll({ seed: SEED, comparisons: COMPARISONS }, theatre)
        expect(run.disagreements).toEqual([])
        expect(run.compared).toBe(COMPARISONS)
        expect(run.behaviours).toBeGreaterThanOrEqual(14)
      },
      RUN_MILLIS,
    )
  })
}
