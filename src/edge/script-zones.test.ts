// The zone of a host is worked out once, and anew when the configuration has changed.

import { expect, test } from 'bun:test'
import { makeEdge } from './edge.fixture.ts'
import type { Routes } from './routes.ts'
import { rememberedZones } from './script-zones.ts'

/** Routes that count how often they are asked. */
function countingRoutes(zoneOf: (host: string) => string | undefined): Routes & { asked: number } {
  const routes = {
    ...makeEdge().routes,
    asked: 0,
    findNamedZone: (host: string) => {
      routes.asked += 1
      return zoneOf(host)
    },
  }
  return routes
}

test('a host is looked up once, whether a zone has it or not', () => {
  const routes = countingRoutes((host) => (host === 'a.example' ? 'a' : undefined))
  const zoneOf = rememberedZones({ routes }, new Set())
  for (let n = 0; n < 3; n += 1) expect([zoneOf('a.example'), zoneOf('b.example')]).toEqual(['a', undefined])
  expect(routes.asked).toBe(2)
})

test('a new configuration is asked anew', () => {
  const edge = { routes: countingRoutes(() => 'before') }
  const zoneOf = rememberedZones(edge, new Set())
  expect(zoneOf('a.example')).toBe('before')
  edge.routes = countingRoutes(() => 'after')
  expect(zoneOf('a.example')).toBe('after')
})

test('what is remembered is bounded', () => {
  const routes = countingRoutes((host) => host)
  const zoneOf = rememberedZones({ routes }, new Set())
  zoneOf('first.example')
  for (let n = 0; n < 1024; n += 1) zoneOf(`${n}.example`)
  expect(zoneOf('first.example')).toBe('first.example')
  expect(routes.asked).toBe(1026)
})
