// What may become of a data directory while no edge runs: files cut short, overwritten, lost.

import {
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { below, pick } from '../../support/random.ts'

/** Files that a damage may befall: those of the cache, and the journal of purges. */
function filesOf(data: string): readonly string[] {
  const cache = join(data, 'cache')
  const files = ['index.sqlite', 'index.sqlite-wal', 'index.sqlite-shm'].map((name) => join(cache, name))
  const blobs = join(cache, 'blobs')
  const bodies = existsSync(blobs) ? readdirSync(blobs, { recursive: true, encoding: 'utf8' }) : []
  return [...files, ...bodies.map((name) => join(blobs, name)), join(data, 'purge.sqlite')].filter(
    (path) => existsSync(path) && statSync(path).isFile(),
  )
}

const DAMAGES: Readonly<Record<string, (path: string, random: () => number) => void>> = {
  'cut short': (path, random) => truncateSync(path, below(random, statSync(path).size + 1)),
  'overwritten in the middle': (path, random) => {
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(512, 0xa5), 0, 512, below(random, statSync(path).size + 1))
  },
  'one bit turned': (path, random) => {
    const bytes = readFileSync(path)
    if (bytes.length === 0) return
    const at = below(random, bytes.length)
    bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at)
    writeFileSync(path, bytes)
  },
  lost: (path) => rmSync(path),
  'no file of ours': (path) => writeFileSync(path, 'nothing that anybody wrote here\n'.repeat(100)),
}

/** Damages a file at random; says what it did.  A lost log may have held a purge: then nothing is promised of purges. */
export function damage(data: string, random: () => number): { readonly what: string; readonly losesPurges: boolean } {
  const files = filesOf(data)
  if (files.length === 0) return { what: 'nothing to damage', losesPurges: false }
  const path = pick(random, files)
  const [name, befall] = pick(random, Object.entries(DAMAGES))
  befall(path, random)
  return { what: `${path.slice(data.length + 1)} ${name}`, losesPurges: path.includes('purge.sqlite') }
}
