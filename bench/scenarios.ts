// What is measured, against whom, and which ratio we set ourselves.  One row per line of the printed table.

import type { ContenderName } from './contender.ts'
import type { Load } from './load.ts'

export type Scenario = {
  /** The word for --only. */
  readonly name: string
  readonly title: string
  readonly load: Load
  readonly peer: Exclude<ContenderName, 'varyant'>
  /** Varyant's processor time for each request, as a multiple of the peer's, is to be no more than this. */
  readonly target: number
  /** Whether the origin server is to see none of the requests or all of them. */
  readonly reaches: 'cache' | 'origin'
}

const SMALL: Load = { protocol: 'http/1.1', target: { kind: 'path', path: '/1k.css' }, connections: 32 }

export const SCENARIOS = [
  { name: 'small', title: '1 KiB hit with Origin', load: SMALL, peer: 'nginx', target: 1.0, reaches: 'cache' },
  {
    name: 'spread',
    title: '1 KiB hits, 1,000 URLs x 10 Origins',
    load: { protocol: 'http/1.1', target: { kind: 'spread' }, connections: 32 },
    peer: 'nginx',
    target: 1.1,
    reaches: 'cache',
  },
  {
    name: 'medium',
    title: '100 KiB hit',
    load: { protocol: 'http/1.1', target: { kind: 'path', path: '/100k.css' }, connections: 16 },
    peer: 'nginx',
    target: 1.5,
    reaches: 'cache',
  },
  {
    name: 'large',
    title: '1 MiB hit',
    load: { protocol: 'http/1.1', target: { kind: 'path', path: '/1m.css' }, connections: 8 },
    peer: 'nginx',
    target: 0.55,
    reaches: 'cache',
  },
  {
    name: 'http2',
    title: '1 KiB hit, HTTP/2 over TLS',
    load: { protocol: 'h2', target: { kind: 'path', path: '/1k.css' }, connections: 16 },
    peer: 'nginx',
    target: 0.6,
    reaches: 'cache',
  },
  {
    name: 'pass',
    title: 'pass-through of 1 KiB',
    load: { protocol: 'http/1.1', target: { kind: 'path', path: '/dynamic' }, connections: 32 },
    peer: 'nginx',
    target: 2.6,
    reaches: 'origin',
  },
  { name: 'varnish', title: '1 KiB hit with Origin', load: SMALL, peer: 'varnish', target: 0.7, reaches: 'cache' },
] as const satisfies readonly Scenario[]

/** What is measured of Varyant alone. */
export type Footprint = {
  readonly name: string
  readonly title: string
  readonly unit: 'MB' | 'bytes' | 'ms'
  /** The most it is to be; undefined when it is only reported. */
  readonly target: number | undefined
}

export const FOOTPRINTS = {
  memory: { name: 'memory', title: 'idle memory of the edge process', unit: 'MB', target: 90 },
  launcher: { name: 'memory', title: 'idle memory of its launcher', unit: 'MB', target: undefined },
  variant: { name: 'variant', title: 'memory for each small variant stored', unit: 'bytes', target: 1000 },
  start: { name: 'start', title: 'start to ready with a file and TLS, on one core', unit: 'ms', target: undefined },
} as const satisfies Readonly<Record<string, Footprint>>

/** Every word that --only takes. */
export const NAMES: readonly string[] = [
  ...new Set([...SCENARIOS.map((s) => s.name), ...Object.values(FOOTPRINTS).map((f) => f.name)]),
]
