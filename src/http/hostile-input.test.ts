// Every parser of this room on bytes that nobody meant well: none throws, none is slow, and each keeps its promise.
//
// The seed stands in the title; FUZZ_SEED repeats a run.

import { describe, expect, test } from 'bun:test'
import { below, makeRandom, pick } from '../../test/support/random.ts'
import { epochMillis } from '../base/index.ts'
import {
  acceptsEncoding,
  appendForwardedFor,
  connectionOptions,
  decideRange,
  entityTagList,
  essence,
  evaluatePreconditions,
  isIpv4,
  isIpv6,
  isToken,
  lastSegment,
  listMembers,
  normalizeAccept,
  normalizeAcceptEncoding,
  normalizeAcceptLanguage,
  normalizeGeneric,
  parseCdnLoop,
  parseEntityTag,
  parseHost,
  parseHttpDate,
  pathExtension,
  preferredErrorType,
  queryParameters,
  type RangeDecision,
  sfString,
  sfToken,
  sortQuery,
  splitTarget,
  strongMatch,
  trimOws,
  weakMatch,
} from './index.ts'

const NONE = { entityTag: undefined, lastModified: undefined }
const SIZE = 1000

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  acceptsEncoding: (text) => acceptsEncoding(text, 'gzip'),
  appendForwardedFor: (text) => appendForwardedFor(text, '192.0.2.1'),
  connectionOptions,
  decideRange: (text) => decideRange(text, SIZE, undefined, NONE),
  decideRangeSet: (text) => decideRange(`bytes=${text}`, SIZE, undefined, NONE),
  entityTagList,
  essence,
  ifModifiedSince: (text) =>
    evaluatePreconditions({ method: 'GET', ifModifiedSince: text }, { ...NONE, status: 200, lastModified: text }),
  ifNoneMatch: (text) =>
    evaluatePreconditions({ method: 'GET', ifNoneMatch: text }, { ...NONE, status: 200, entityTag: text }),
  isIpv4,
  isIpv6,
  isToken,
  lastSegment,
  listMembers,
  normalizeAccept: (text) => normalizeAccept(text, ['text/html']),
  normalizeAcceptEncoding,
  normalizeAcceptLanguage: (text) => normalizeAcceptLanguage(text),
  normalizeGeneric,
  parseCdnLoop,
  parseEntityTag,
  parseHost,
  parseHttpDate: (text) => parseHttpDate(text, epochMillis(0)),
  pathExtension,
  preferredErrorType,
  queryParameters,
  sfString,
  sfToken,
  sortQuery,
  splitTarget,
  strongMatch: (text) => strongMatch(text, text),
  trimOws,
  weakMatch: (text) => weakMatch(text, text),
}

/** What the grammars are made of: random bytes alone seldom reach the second line of a parser. */
const PIECES = [
  '"',
  '\\',
  '\\"',
  ',',
  ', ',
  ';',
  ';q=0',
  ';q=0.5',
  '=',
  '-',
  '*',
  '*/*',
  '/',
  '//',
  '?',
  '#',
  '&',
  '.',
  ':',
  '::',
]
PIECES.push(
  '[',
  ']',
  '%',
  '%2e',
  ' ',
  '\t',
  '\r\n',
  '\0',
  '\u00a0',
  '\u00ff',
  '\ud800',
  'W/',
  'a',
  'B',
  'text/html',
  'gzip',
)
PIECES.push(
  'en-US',
  'bytes=',
  '0',
  '1-2',
  '65535',
  '99999999999999999999',
  'GMT',
  'Sun, ',
  'Nov',
  '1994 ',
  '08:49:37',
  'http://',
)

const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32))

function makeTexts(count: number): string[] {
  const random = makeRandom(seed)
  return Array.from({ length: count }, (_, index) => {
    const length = below(random, 24)
    const next = index % 3 === 0 ? () => String.fromCharCode(below(random, 256)) : () => pick(random, PIECES)
    return Array.from({ length }, next).join('')
  })
}

describe(`random input, FUZZ_SEED=${seed}`, () => {
  const texts = makeTexts(4000)

  test.each(Object.keys(PARSERS))('%s never throws, and says the same twice', (name) => {
    const parse = PARSERS[name]
    for (const text of texts) {
      try {
        if (!Bun.deepEquals(parse?.(text), parse?.(text))) throw new Error('differs')
      } catch (cause) {
        throw new Error(`${name}(${JSON.stringify(text)})`, { cause })
      }
    }
  })

  function holds(promise: string, isKept: (text: string) => boolean): void {
    test(promise, () => {
      for (const text of texts) if (!isKept(text)) throw new Error(JSON.stringify(text))
    })
  }

  holds('a target has a path with a slash, a query with a question mark or none, and no fragment', (text) => {
    const { authority, path, query } = splitTarget(text)
    return (
      path.startsWith('/') && (query === '' || query.startsWith('?')) && !`${authority}${path}${query}`.includes('#')
    )
  })
  holds('a sorted query has the same parameters, and is sorted', (text) => {
    const sorted = sortQuery(`?${text}`)
    const same = `?${text}`.slice(1).split('&').sort().join() === sorted.slice(1).split('&').sort().join()
    return same && sortQuery(sorted) === sorted
  })
  holds('ranges ascend within the file', (text) => isWithinFile(decideRange(`bytes=${text}`, SIZE, undefined, NONE)))
  holds('a host is its own host', (text) => {
    const host = parseHost(text)
    return (
      host === undefined || (parseHost(host.host)?.host === host.host && !/[^\x21-\x7e]|[A-Z,@/?#%]/.test(host.host))
    )
  })
  holds('a list member is trimmed and not empty', (text) =>
    listMembers(text).every((member) => member !== '' && trimOws(member) === member),
  )
  holds('an entity-tag in a list is one by itself', (text) => {
    const tags = entityTagList(text)
    return tags === '*' || tags.every((tag) => parseEntityTag(tag) !== undefined && weakMatch(tag, tag))
  })
  holds('a String is printable ASCII between quotes', (text) => /^"(?:[ !#-[\]-~]|\\["\\])*"$/.test(sfString(text)))
  holds('an extension ends the path, in lower case, and has no dot, slash or semicolon', (text) => {
    const extension = pathExtension(text)
    return !/[./;]/.test(extension) && lastSegment(text).toLowerCase().includes(extension)
  })
  holds('no connection option is a field that must stay', (text) => {
    const options = connectionOptions(`${text}, Cookie, Vary, CF-Ray`)
    return [...options].every(
      (name) => isToken(name) && name !== 'cookie' && name !== 'vary' && !name.startsWith('cf-'),
    )
  })
})

describe('time grows with the length of the input, not with its square', () => {
  const leads = ['', '"', 'W/"']
  const repeated = [
    '"',
    '\\',
    '\\"',
    '"a",',
    'a;"',
    ',',
    ', ',
    ' \t',
    ';q=0',
    ';q="',
    '=',
    '-',
    '.',
    ':',
    '/',
    '?',
    '%',
    'a',
    '\ud800',
  ]
  repeated.push('W/"', 'a=1&', '1-2,', '0', 'x, ', 'en-US,', '://', '99999,')

  test.each(Object.keys(PARSERS))('%s', (name) => {
    const parse = PARSERS[name] ?? (() => undefined)
    for (const piece of repeated)
      for (const lead of leads) expect([lead, piece, growth(parse, lead, piece)]).toEqual([lead, piece, 'linear'])
  })

  test('a parser that looks to the end from every character is found out', () => {
    const parse = (text: string) => {
      let seen = 0
      for (let i = 0; i < text.length; i += 1) for (let j = i; j < text.length; j += 12) seen += text.charCodeAt(j)
      return seen
    }
    expect(growth(parse, '', 'a')).toBe('quadratic')
  })
})

const LONG = 50_000
/** Eight times the length: linear work takes 8 times as long, quadratic 64 times; half way between says which. */
const LENGTH_FACTOR = 8
const TIME_FACTOR = 24
/** Below this the collector and other processes say more than the parser. */
const NOISE_MILLIS = 1
const ATTEMPTS = 3

/** How the time of a parser grows, judged by its quickest runs: what is slow by chance is quick at some attempt. */
function growth(parse: (text: string) => unknown, lead: string, piece: string): 'linear' | 'quadratic' {
  const long = (lead + piece.repeat(Math.ceil(LONG / piece.length))).slice(0, LONG)
  const short = long.slice(0, LONG / LENGTH_FACTOR)
  let longest = Number.POSITIVE_INFINITY
  let shortest = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    longest = Math.min(longest, timeOf(parse, long))
    if (longest < TIME_FACTOR * NOISE_MILLIS) return 'linear'
    shortest = Math.min(shortest, timeOf(parse, short))
    if (longest < TIME_FACTOR * shortest) return 'linear'
  }
  return 'quadratic'
}

/** Milliseconds of processor time, in which other processes have no part. */
function timeOf(parse: (text: string) => unknown, text: string): number {
  const start = process.threadCpuUsage()
  parse(text)
  const { user, system } = process.threadCpuUsage(start)
  return (user + system) / 1000
}

function isWithinFile(decision: RangeDecision): boolean {
  if (decision.kind !== 'single' && decision.kind !== 'multiple') return true
  const ranges = decision.kind === 'single' ? [decision] : decision.ranges
  let end = -1
  return ranges.every(({ first, last }) => {
    const isNext = first > end && first <= last && last < SIZE
    end = last
    return isNext
  })
}
