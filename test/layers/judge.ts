// Which imports break the table, each as a sentence: file and line, what it imports, the rule.  Pure.
//
// I1  Every file under src/ belongs to exactly one room, or is itself a violation.
// I2  A sentence is about one import or one use, so that mending it removes it.

import { posix } from 'node:path'
import type { Import, Source } from './source.ts'
import {
  ADOPTED,
  MANIFEST,
  MAX_DOOR_NAMES,
  NAMELESS,
  PURE,
  PURE_EXCEPT,
  ROOMS,
  type Room,
  SYSTEM,
  TOP_LAYER,
} from './table.ts'

/** Code that only tests load: it may import its own room freely, the test support, and any door. */
const TEST_FILE = /\.(?:test|fixture|contract)\.ts$|^(?:test|bench)\//

const SYSTEM_MODULE = /^(?:node:|bun(?::|$))/

/** Every violation in one file. */
export function judge(source: Source): string[] {
  return [...judgePlace(source), ...judgeImports(source), ...judgeUses(source), ...judgeDoor(source)]
}

/** The path that a relative specifier means, from the root; undefined for a package or a system module. */
export function target(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : undefined
}

/** The room of a path, or undefined outside src/ or when no row has it. */
export function roomOf(path: string): Room | undefined {
  const adopted = ADOPTED[path]
  if (adopted !== undefined) return ROOMS.find(({ room }) => room === adopted)
  return ROOMS.filter(({ room }) => isUnder(path, [room])).sort((a, b) => b.room.length - a.room.length)[0]
}

function judgePlace({ path }: Source): string[] {
  const nameless = path.split(/[/.]/).find((part) => NAMELESS.includes(part))
  if (nameless !== undefined) return [`${path}: "${nameless}" names no noun of the field; say what is inside`]
  if (!path.startsWith('src/') || roomOf(path) !== undefined) return []
  return [`${path}: its room has no row in test/layers/table.ts; give it a layer`]
}

function judgeImports(source: Source): string[] {
  return source.imports.flatMap((each) => {
    const rule = TEST_FILE.test(source.path) ? testRule(source.path, each) : brokenRule(source.path, each)
    return rule === undefined ? [] : [`${source.path}:${each.line} imports ${each.specifier}: ${rule}`]
  })
}

/** The rule that an import of product code breaks, if it does. */
function brokenRule(path: string, { specifier }: Import): string | undefined {
  const to = target(path, specifier)
  if (to === undefined) return packageRule(path, specifier)
  if (TEST_FILE.test(to)) return 'product code does not import tests'
  const [mine, theirs] = [roomOf(path), roomOf(to)]
  if (to === MANIFEST && mine?.layer === TOP_LAYER) return undefined
  if (theirs === undefined) return 'it is in no room of the table'
  if (mine === undefined || mine === theirs) return undefined
  if (theirs.layer > mine.layer) return `${named(mine)} may only import lower layers, not ${named(theirs)}`
  if (theirs.layer === mine.layer && mine.layer !== TOP_LAYER)
    return `${named(mine)} and ${named(theirs)} are of one layer and never import each other`
  if (mine.only !== undefined && !mine.only.includes(theirs.room))
    return `${mine.room} may only import ${mine.only.join(', ') || 'nothing of ours'}`
  return isDoor(to, theirs) || isInside(mine, theirs) ? undefined : `${theirs.room} is entered by its door only`
}

function packageRule(path: string, specifier: string): string | undefined {
  if (SYSTEM_MODULE.test(specifier)) return isPure(path) ? 'a pure room has no system' : systemRule(path)
  const allowed = roomOf(path)?.packages ?? []
  if (allowed.some((name) => specifier === name || specifier.startsWith(`${name}/`))) return undefined
  return `no package of that name is in the row of ${roomOf(path)?.room ?? path}`
}

function testRule(path: string, { specifier }: Import): string | undefined {
  const to = target(path, specifier)
  if (to === undefined || to.startsWith('test/support/')) return undefined
  const theirs = roomOf(to)
  if (theirs === undefined) return to.startsWith('src/') ? 'it is in no room of the table' : undefined
  const mine = roomOf(path)
  if (mine === theirs || (mine !== undefined && (isInside(mine, theirs) || isInside(theirs, mine)))) return undefined
  return isDoor(to, theirs) ? undefined : `a test enters other rooms by their door; ${theirs.room} has one`
}

function judgeUses({ path, globals }: Source): string[] {
  if (!path.startsWith('src/') || TEST_FILE.test(path)) return []
  if (!isPure(path)) return globals.includes('Bun') && systemRule(path) ? [`${path} uses Bun: ${systemRule(path)}`] : []
  const allowed = PURE_EXCEPT[path] ?? []
  return globals
    .filter((name) => !allowed.includes(name))
    .map((name) => `${path} uses ${name}: a pure room takes it as an argument`)
}

function judgeDoor({ path, exports }: Source): string[] {
  const room = roomOf(path)
  if (room === undefined || !isDoor(path, room)) return []
  if (exports.star) return [`${path}: a door lists its names by hand; no export *`]
  if (exports.names <= MAX_DOOR_NAMES) return []
  return [`${path}: ${exports.names} names exceed ${MAX_DOOR_NAMES}; a room that wide is two rooms`]
}

function systemRule(path: string): string | undefined {
  return isUnder(path, SYSTEM) ? undefined : 'only the places in SYSTEM of test/layers/table.ts touch the system'
}

function isPure(path: string): boolean {
  const room = roomOf(path)?.room
  return PURE.some((pure) => pure === room || path === `src/${pure}`)
}

/** `cache/store` stands inside `cache`: between the two there is no door. */
function isInside(inner: Room, outer: Room): boolean {
  return inner.room.startsWith(`${outer.room}/`)
}

function isDoor(path: string, { room }: Room): boolean {
  return path === `src/${room}/index.ts` || path === `src/${room}`
}

function isUnder(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === `src/${place}` || path.startsWith(`src/${place}/`))
}

function named({ room, layer }: Room): string {
  return `${room} (layer ${layer})`
}
