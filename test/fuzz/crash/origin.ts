// The origin server of the crash fuzz: each content says which version of which path it is, all through, so that a torn
// one, one of another path and one from before a purge all show.

import type { Origin } from '../../support/index.ts'

/** Paths, by the length of their content: in the index, in a file, and of several chunks. */
export const PATHS: readonly string[] = [0, 40, 3000, 20_000, 70_000, 300_000, 1_500_000].flatMap((length) =>
  [0, 1, 2].map((n) => `/${length}-${n}.css`),
)

export type Versions = {
  /** The version that the origin answers with now. */
  readonly current: Map<string, number>
  /** The least version that may be served, since an acknowledged purge. */
  readonly floor: Map<string, number>
}

export function makeVersions(): Versions {
  return { current: new Map(PATHS.map((path) => [path, 1])), floor: new Map(PATHS.map((path) => [path, 1])) }
}

export function play(origin: Origin, versions: Versions): void {
  origin.on('*', async ({ path }, response) => {
    const body = contentOf(path, versions.current.get(path) ?? 0)
    const fields = [
      ['Cache-Control', 'max-age=86400'],
      ['Cache-Tag', tagOf(path)],
      ['Content-Type', 'text/css'],
    ] as const
    const writer = await response.start({ fields: [...fields, ['Content-Length', String(body.length)]] }, 'length')
    // In pieces, so that a kill comes between them.
    for (let at = 0; at < body.length; at += 64 * 1024) await writer.write(body.subarray(at, at + 64 * 1024))
    await writer.end()
  })
}

export function tagOf(path: string): string {
  return `n${path.slice(path.indexOf('-') + 1, path.indexOf('.'))}`
}

/** What is wrong with an answer, or undefined.  `floor`: as it was before the request. */
export function faultOf(path: string, body: Uint8Array, floor: number): string | undefined {
  const length = lengthOf(path)
  if (body.length !== length) return `${path}: ${body.length} bytes instead of ${length}`
  if (length < 16) return undefined
  const version = Number(/ v(\d+) /.exec(Buffer.from(body.subarray(0, 40)).toString())?.[1] ?? -1)
  if (!contentOf(path, version).equals(body)) return `${path}: not the bytes of version ${version}`
  return version < floor ? `${path}: version ${version} after a purge of all before ${floor}` : undefined
}

function contentOf(path: string, version: number): Buffer {
  return Buffer.alloc(lengthOf(path), `${path} v${version} `)
}

function lengthOf(path: string): number {
  return Number(path.slice(1, path.indexOf('-')))
}
