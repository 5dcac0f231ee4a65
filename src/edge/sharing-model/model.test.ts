// All histories up to a length, of every modelled origin server, in both modes, against the real pipeline, selector and
// store; and the proof that the model would notice: faulty selectors, each of which it must find.
//
// `npm run model` searches further: VARYANT_MODEL=full.

import { describe, expect, test } from 'bun:test'
import { BEHAVIOURS, type Behaviour } from './behaviours.fixture.ts'
import { Checker, type Mode, type Step } from './checker.fixture.ts'
import { MUTATIONS, type Mutation, SHOWN_BY } from './mutations.fixture.ts'
import { ALPHABETS, search } from './search.fixture.ts'

/** A part of the search: an alphabet, and how long histories over it become. */
type Reach = readonly [title: string, alphabet: readonly Step[], length: number]

const BOUNDED: readonly Reach[] = [
  ['requests, one after the other, nothing expires', ALPHABETS.plain, 5],
  ['requests, with time for everything to expire between any two', ALPHABETS.singles, 3],
  ['requests, at the same time too', ALPHABETS.all, 2],
  ['requests, with a CORS epoch between any two', ALPHABETS.epochs, 3],
]
const FULL: readonly Reach[] = [
  ['requests, one after the other, nothing expires', ALPHABETS.plain, 6],
  ['requests, with time for everything to expire between any two', ALPHABETS.singles, 5],
  ['requests, at the same time too', ALPHABETS.all, 3],
  ['requests, with a CORS epoch between any two', ALPHABETS.epochs, 5],
]
const isFull = process.env.VARYANT_MODEL === 'full'
const REACHES = isFull ? FULL : BOUNDED
const LIMIT_MILLIS = isFull ? 3_600_000 : 120_000

const MODES: readonly Mode[] = ['per_origin', 'collapse']

describe.each(MODES)('%s: each answer is one that the origin server could have given to that Origin', (mode) => {
  test.each(REACHES)(
    '%s',
    async (_, alphabet, length) => {
      let played = 0
      for (const behaviour of BEHAVIOURS) {
        const searched = await search(new Checker(mode), behaviour, length, alphabet)
        expect(searched.fault).toBeUndefined()
        played += searched.played
      }
      if (isFull) console.log(`${mode}, up to ${length} of ${alphabet.length} steps: ${played} histories`)
      expect(played).toBeGreaterThan(BEHAVIOURS.length)
    },
    LIMIT_MILLIS,
  )
})

/** The first fault that a search finds. */
async function findMutation({ sharing }: Mutation, behaviours: readonly Behaviour[]): Promise<string | undefined> {
  for (const [alphabet, length] of [
    [ALPHABETS.plain, 3],
    [ALPHABETS.all, 2],
    [ALPHABETS.singles, 3],
    [ALPHABETS.epochs, 2],
  ] as const) {
    for (const behaviour of behaviours) {
      const { fault } = await search(new Checker('collapse', sharing), behaviour, length, alphabet)
      if (fault !== undefined) return fault
    }
  }
  return undefined
}

describe(`the model finds each of ${MUTATIONS.length} faulty selectors`, () => {
  test.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))(
    '%s',
    async (name, mutation) => {
      const shown = BEHAVIOURS.filter((behaviour) => isFull || behaviour.name === SHOWN_BY[name])
      expect(await findMutation(mutation, shown)).toBeDefined()
    },
    LIMIT_MILLIS,
  )

  test('there are at least 20, no two alike', () => {
    expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length)
    expect(MUTATIONS.length).toBeGreaterThanOrEqual(20)
  })
})
