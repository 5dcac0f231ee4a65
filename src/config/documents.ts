// The configuration as JSON documents under paths, such as `zones/<id>/settings/<setting>`, with a revision per change.
//
//   change(work) ──► work writes into a draft ──► keeper (durable) ──► memory ──► listeners
//
// D1  A change is durable before it can be read, and can be read before `change` returns.
// D2  A change is whole or not at all: when the work or the keeper throws, nothing has changed.
// D3  Changes follow each other, each upon the documents that the one before left: none overwrites another unseen.
// D4  What is read is frozen all through, and nobody's object is shared: a document changes by `change` only.
// D5  A document that nobody reads is a text: earlier versions of large rulesets cost their letters and no more.

import { type Blobs, makeMemoryBlobs } from './blobs.ts'
import { makeMemorySecrets, type Secrets } from './secrets.ts'

/** What reads of documents answer, inside a change and outside. */
type Reader = {
  /** The JSON of a document, deep-frozen, or undefined. */
  read(path: string): unknown | undefined
  /** The paths that begin with the prefix, in the order of code units. */
  paths(prefix: string): readonly string[]
  /** Their documents, in the same order. */
  list(prefix: string): readonly (readonly [path: string, value: unknown])[]
}

export interface Documents extends Reader {
  /** What documents name and JSON cannot hold. */
  readonly blobs: Blobs
  /** Seals what no document may say in the clear. */
  readonly secrets: Secrets
  /** Rises by one with each change that wrote something; survives restarts. */
  readonly revision: number
  /** Does the work as one transaction and answers what it answers; nests not, and waits for no promise. */
  change<T>(work: (draft: DocumentsDraft) => T): T
  /** Calls the listener after each change, before `change` returns; answers how to stop. */
  onChange(listener: ChangeListener): () => void
  /** Leaves nothing of what documents said before where they are kept. */
  scrub(): void
  close(): void
}

/** Hears the revision of a change, and the paths that it wrote or removed. */
export type ChangeListener = (revision: number, paths: readonly string[]) => void

/** The documents as a change makes them; good until its work returns. */
export interface DocumentsDraft extends Reader {
  /** Sets a document; throws a TypeError for what JSON cannot say. */
  write(path: string, value: unknown): void
  /** Removes a document; a path that has none is left alone. */
  remove(path: string): void
}

/** New texts by path; undefined: the document goes. */
export type Changes = ReadonlyMap<string, string | undefined>

/** Where documents survive; throws when it cannot keep them, and then it has kept nothing. */
export type DocumentKeeper = {
  keep(changes: Changes, revision: number): void
  /** Leaves nothing of what it kept before. */
  scrub(): void
  close(): void
}

export type DocumentsParts = {
  readonly keeper: DocumentKeeper
  /** What the keeper has. */
  readonly texts: Iterable<readonly [path: string, text: string]>
  readonly revision: number
  /** Gone with the process when absent. */
  readonly blobs?: Blobs
  /** Under a key that is gone with the process when absent. */
  readonly secrets?: Secrets
  /** Told what a listener threw: the change stands, and the other listeners hear of it. */
  readonly onListenerFailure?: (cause: unknown) => void
}

/** The documents that a keeper keeps. */
export function makeDocuments(parts: DocumentsParts): Documents {
  const { keeper, onListenerFailure = () => {} } = parts
  const texts = new Map(parts.texts)
  /** What was read, by path, as long as it stands. */
  const values = new Map<string, unknown>()
  let paths: readonly string[] = [...texts.keys()].toSorted(byCodeUnits)
  const listeners = new Set<ChangeListener>()
  let revision = parts.revision
  let changing = false

  const read = (path: string): unknown => {
    const text = texts.get(path)
    if (text === undefined || values.has(path)) return values.get(path)
    const value = parse(text)
    values.set(path, value)
    return value
  }
  const reader: Reader = {
    read,
    paths: (prefix) => underPrefix(paths, prefix),
    list: (prefix) => underPrefix(paths, prefix).map((path) => [path, read(path)] as const),
  }

  function commit(changes: Changes): void {
    keeper.keep(changes, revision + 1)
    revision += 1
    const added = [...changes].flatMap(([path, text]) => (text === undefined || texts.has(path) ? [] : [path]))
    const before = texts.size
    for (const [path, text] of changes) {
      values.delete(path)
      if (text === undefined) texts.delete(path)
      else texts.set(path, text)
    }
    if (texts.size < before + added.length) paths = paths.filter((path) => texts.has(path))
    paths = withPaths(paths, added)
  }

  function tell(changed: readonly string[]): void {
    for (const listener of listeners) {
      try {
        listener(revision, changed)
      } catch (cause) {
        // Fail open: the change is durable and cannot be taken back.
        onListenerFailure(cause)
      }
    }
  }

  return {
    ...reader,
    blobs: parts.blobs ?? makeMemoryBlobs(),
    secrets: parts.secrets ?? makeMemorySecrets(),
    get revision() {
      return revision
    },
    change: (work) => {
      if (changing) throw new TypeError('a change of documents was begun within another; use its draft')
      changing = true
      try {
        const changes = new Map<string, string | undefined>()
        const answer = work(makeDraft(reader, changes))
        if (changes.size > 0) {
          commit(changes)
          tell([...changes.keys()])
        }
        return answer
      } finally {
        changing = false
      }
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    scrub: () => keeper.scrub(),
    close: () => {
      listeners.clear()
      keeper.close()
    },
  }
}

/** Documents that are gone with the process; for tests. */
export function makeMemoryDocuments(): Documents {
  return makeDocuments({ keeper: { keep: () => {}, scrub: () => {}, close: () => {} }, texts: [], revision: 0 })
}

function makeDraft(before: Reader, changes: Map<string, string | undefined>): DocumentsDraft {
  const read = (path: string): unknown => {
    if (!changes.has(path)) return before.read(path)
    const text = changes.get(path)
    return text === undefined ? undefined : parse(text)
  }
  const paths = (prefix: string): readonly string[] => {
    const written = [...changes.keys()].filter((path) => path.startsWith(prefix))
    if (written.length === 0) return before.paths(prefix)
    const all = new Set([...before.paths(prefix), ...written])
    for (const path of written) if (changes.get(path) === undefined) all.delete(path)
    return [...all].toSorted(byCodeUnits)
  }
  return {
    read,
    paths,
    list: (prefix) => paths(prefix).map((path) => [path, read(path)] as const),
    write: (path, value) => {
      const text: string | undefined = JSON.stringify(value)
      if (text === undefined) throw new TypeError(`the document ${path} would be no JSON`)
      changes.set(path, text)
    },
    remove: (path) => {
      const isThere = changes.has(path) ? changes.get(path) !== undefined : before.paths(path)[0] === path
      if (isThere) changes.set(path, undefined)
    },
  }
}

/** Beyond so many new paths, one sort costs less than a place for each. */
const MANY_PATHS = 32

/** The paths in order, with the added ones at their places. */
function withPaths(paths: readonly string[], added: readonly string[]): readonly string[] {
  if (added.length > MANY_PATHS) return [...paths, ...added].toSorted(byCodeUnits)
  return added.reduce((all, path) => all.toSpliced(firstFrom(all, path), 0, path), paths)
}

/** The paths with the prefix, of paths in order. */
function underPrefix(paths: readonly string[], prefix: string): readonly string[] {
  const start = firstFrom(paths, prefix)
  let end = start
  while (paths[end]?.startsWith(prefix) === true) end += 1
  return paths.slice(start, end)
}

/** Where, in paths in order, the first stands that is not before `text`. */
function firstFrom(paths: readonly string[], text: string): number {
  let low = 0
  let high = paths.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((paths[middle] ?? '') < text) low = middle + 1
    else high = middle
  }
  return low
}

function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function parse(text: string): unknown {
  return deepFreeze(JSON.parse(text))
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
