// The usual stage of an end-to-end test: one zone, `example.com`, one scripted origin behind it, one clock for both.
//
//   await using scene = await startScene({ cache: { cache: true } })
//   scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: 'a' })
//   await play(scene, [
//     { get: '/a', cache: 'MISS', text: 'a', origin: 1 },
//     { get: '/a', after: 30, cache: 'HIT', age: 30, origin: 1 },
//   ])

import { expect } from 'bun:test'
import { type FakeClock, makeFakeClock } from '../../../src/base/index.ts'
import type { FieldLine } from '../index.ts'
import { type ClientResponse, type Origin, type RequestOptions, request, startOrigin } from '../index.ts'
import { type CacheRule, type Edge, START_OF_TIME, startEdge } from './edge.ts'

export const ZONE = 'example.com'

/** Shorter than the test runner's own limit, so that a failure says what was waited for. */
const GIVE_UP_MILLIS = 3000

export type SceneOptions = {
  /** Zone settings; `browser_cache_ttl` is 0 unless said otherwise, so that Cache-Control goes out as it came. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Parameters of one cache rule that matches every request. */
  readonly cache?: Readonly<Record<string, unknown>>
  /** Cache rules in full; after the one of `cache`. */
  readonly rules?: readonly CacheRule[]
  /** Further members of the zone in `varyant.json`. */
  readonly zone?: Readonly<Record<string, unknown>>
  /** Further members of `varyant.json`. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly data?: string
}

export type Scene = {
  readonly edge: Edge
  readonly origin: Origin
  readonly clock: FakeClock
  /** GET through the edge, with the zone's Host unless the fields have one. */
  get(target: string, fields?: readonly FieldLine[]): Promise<ClientResponse>
  request(target: string, options?: RequestOptions): Promise<ClientResponse>
  purge(body: unknown): Promise<void>
  invalidate(body: unknown): Promise<void>
  /** Moves the clock. */
  pass(seconds: number): void
  [Symbol.asyncDispose](): Promise<void>
}

export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  const clock = makeFakeClock(START_OF_TIME)
  const origin = await startOrigin({ clock })
  const rules = [
    ...(options.cache === undefined ? [] : [{ expression: 'true', action_parameters: options.cache }]),
    ...(options.rules ?? []),
  ]
  const edge = await startEdge({
    zones: [
      {
        name: ZONE,
        origins: { '*': origin.url },
        settings: { browser_cache_ttl: 0, ...options.settings },
        ...(rules.length === 0 ? {} : { rules }),
        ...(options.zone === undefined ? {} : { more: options.zone }),
      },
    ],
    clock,
    ...(options.config === undefined ? {} : { config: options.config }),
    ...(options.data === undefined ? {} : { data: options.data }),
  })
  const send: Scene['request'] = (target, requestOptions = {}) => {
    const fields = requestOptions.fields ?? []
    const hosted = fields.some(([name]) => name.toLowerCase() === 'host')
      ? fields
      : [['Host', ZONE] as const, ...fields]
    return request(`${edge.url}${target}`, { ...requestOptions, fields: hosted })
  }
  return {
    edge,
    origin,
    clock,
    get: (target, fields = []) => send(target, { fields }),
    request: send,
    purge: (body) => edge.purge(ZONE, body),
    invalidate: (body) => edge.invalidate(ZONE, body),
    pass: (seconds) => clock.advance(seconds * 1000),
    [Symbol.asyncDispose]: async () => {
      await edge.stop()
      await origin.close()
    },
  }
}

/** One request of a story and what must come of it; only what is named is looked at. */
export type Step = {
  readonly get: string
  readonly method?: string
  readonly fields?: readonly FieldLine[]
  /** Seconds that pass before. */
  readonly after?: number
  /** 200 when absent. */
  readonly status?: number
  /** CF-Cache-Status; null: the field is absent. */
  readonly cache?: string | null
  readonly text?: string
  /** Age in seconds; null: the field is absent. */
  readonly age?: number | null
  /** Response fields with their exact values; null: absent. */
  readonly has?: Readonly<Record<string, string | null>>
  /** How many requests the origin has seen in all, after this one. */
  readonly origin?: number
}

/** Plays the steps in order and expects each one's outcome. */
export async function play(scene: Scene, steps: readonly Step[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    if (step.after !== undefined) scene.pass(step.after)
    const answer = await scene.request(step.get, { method: step.method ?? 'GET', fields: step.fields ?? [] })
    const title = `step ${index + 1}: ${step.method ?? 'GET'} ${step.get}`
    expect({ title, ...seen(scene, step, answer) }).toEqual({ title, ...wanted(step) })
  }
}

type Outcome = Readonly<Record<string, unknown>>

function wanted(step: Step): Outcome {
  return {
    status: step.status ?? 200,
    ...(step.cache === undefined ? {} : { cache: step.cache }),
    ...(step.text === undefined ? {} : { text: step.text }),
    ...(step.age === undefined ? {} : { age: step.age }),
    ...(step.has === undefined ? {} : { has: step.has }),
    ...(step.origin === undefined ? {} : { origin: step.origin }),
  }
}

function seen(scene: Scene, step: Step, answer: ClientResponse): Outcome {
  const fields = Object.keys(step.has ?? {}).map((name) => [name, answer.field(name) ?? null])
  return {
    status: answer.status,
    ...(step.cache === undefined ? {} : { cache: answer.cacheStatus ?? null }),
    ...(step.text === undefined ? {} : { text: answer.text }),
    ...(step.age === undefined ? {} : { age: answer.age ?? null }),
    ...(step.has === undefined ? {} : { has: Object.fromEntries(fields) }),
    ...(step.origin === undefined ? {} : { origin: scene.origin.requests.length }),
  }
}

/** Waits until `holds`, looking again after each turn of the event loop; for work that outlives its exchange. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MILLIS
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`gave up waiting until ${what}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
