// Reads what a client says of a DNS record: total, one problem with its place.  CF api/dns/records

import { fail, ok, type Result } from '../base/index.ts'
import { parseHost } from '../http/index.ts'
import { toAsciiName } from './ascii-name.ts'
import { isAddressOf, PROXIABLE, RECORD_TYPES, type RecordFields, type RecordType } from './dns-record.ts'
import { listed, quote } from './problems.ts'

/** What is wrong with a member. */
export type FieldProblem = { readonly kind: 'bad-record'; readonly member: string; readonly message: string }

type Json = Readonly<Record<string, unknown>>
type Read<Value> = Result<Value, FieldProblem>

const MAX_PRIORITY = 65_535
const MAX_COMMENT_LENGTH = 500
const MAX_CONTENT_LENGTH = 4096
const MAX_TAGS = 20
const AUTOMATIC_TTL = 1
const MIN_TTL_SECONDS = 30
const MAX_TTL_SECONDS = 86_400

/** Types whose content may be given as `data`, with the order in which its members make the content. */
const DATA_MEMBERS: Partial<Record<RecordType, readonly string[]>> = {
  CAA: ['flags', 'tag', 'value'],
  CERT: ['type', 'key_tag', 'algorithm', 'certificate'],
  DNSKEY: ['flags', 'protocol', 'algorithm', 'public_key'],
  DS: ['key_tag', 'algorithm', 'digest_type', 'digest'],
  HTTPS: ['priority', 'target', 'value'],
  LOC: [
    ...['lat_degrees', 'lat_minutes', 'lat_seconds', 'lat_direction', 'long_degrees', 'long_minutes', 'long_seconds'],
    ...['long_direction', 'altitude', 'size', 'precision_horz', 'precision_vert'],
  ],
  NAPTR: ['order', 'preference', 'flags', 'service', 'regex', 'replacement'],
  SMIMEA: ['usage', 'selector', 'matching_type', 'certificate'],
  SRV: ['priority', 'weight', 'port', 'target'],
  SSHFP: ['algorithm', 'type', 'fingerprint'],
  SVCB: ['priority', 'target', 'value'],
  TLSA: ['usage', 'selector', 'matching_type', 'certificate'],
  URI: ['weight', 'target'],
}

/**
 * The fields of a record of the zone; members that are read-only or unknown are passed over, as Cloudflare does, and null is
 * absence.
 */
export function readRecordFields(given: Json, zoneName: string): Read<RecordFields> {
  const json = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))
  const type = readType(json.type)
  if (!type.ok) return type
  const name = readName(json.name, zoneName)
  if (!name.ok) return name
  const content = readContent(json, type.value)
  if (!content.ok) return content
  if (type.value === 'CNAME' && content.value === name.value) {
    return bad('content', `${quote(name.value)} cannot be an alias of itself; name another host`)
  }
  const ttl = readTtl(json.ttl)
  if (!ttl.ok) return ttl
  const proxied = readProxied(json.proxied, type.value)
  if (!proxied.ok) return proxied
  const priority = readPriority(json.priority, type.value)
  if (!priority.ok) return priority
  const notes = readNotes(json)
  if (!notes.ok) return notes
  return ok({
    name: name.value,
    type: type.value,
    content: content.value,
    ...(isObject(json.data) && { data: json.data }),
    // CF dns/manage-dns-records: a proxied record's TTL is automatic.
    ttl: proxied.value ? AUTOMATIC_TTL : ttl.value,
    proxied: proxied.value,
    ...(priority.value !== undefined && { priority: priority.value }),
    ...notes.value,
  })
}

function bad(member: string, message: string): Result<never, FieldProblem> {
  return fail({ kind: 'bad-record', member, message })
}

function readType(value: unknown): Read<RecordType> {
  const type = RECORD_TYPES.find((each) => each === value)
  if (type !== undefined) return ok(type)
  return bad('type', `${quote(value)} is not a type of record; use ${listed(RECORD_TYPES)}`)
}

function readName(value: unknown, zoneName: string): Read<string> {
  if (typeof value !== 'string' || value === '') return bad('name', `${quote(value)} is not a name; write "www" or "@"`)
  const name = qualify(value, zoneName)
  return name === undefined
    ? bad('name', `${quote(value)} is not a name of the zone ${zoneName}; write "www.${zoneName}", "*" or "@"`)
    : ok(name)
}

/** The name, fully qualified and in Punycode; `@` is the zone itself, and one that does not end in its name is below it. */
function qualify(text: string, zoneName: string): string | undefined {
  const ascii = toAsciiName(text)
  if (ascii === undefined) return undefined
  if (ascii === '@' || ascii === zoneName) return zoneName
  const full = ascii.endsWith(`.${zoneName}`) ? ascii : `${ascii}.${zoneName}`
  const name = full.startsWith('*.') ? full.slice(2) : full
  return isName(name) ? full : undefined
}

/** Whether it is a name of DNS, labels with underscores included. */
function isName(text: string): boolean {
  const host = parseHost(text)
  return host !== undefined && host.port === undefined && host.host === text && !text.startsWith('[')
}

function readContent(json: Json, type: RecordType): Read<string> {
  const content = json.content ?? contentOfData(json, type)
  if (typeof content !== 'string' || content === '') {
    return bad(
      'content',
      `a record of type ${type} needs content; add "content"${type in DATA_MEMBERS ? ' or "data"' : ''}`,
    )
  }
  if (content.length > MAX_CONTENT_LENGTH) {
    return bad('content', `content of ${content.length} characters exceeds ${MAX_CONTENT_LENGTH}; shorten it`)
  }
  if (/\p{Cc}/u.test(content)) return bad('content', 'content has a control character; leave it out')
  if (type === 'A' || type === 'AAAA') {
    const address = content.toLowerCase()
    return isAddressOf(type, address)
      ? ok(address)
      : bad(
          'content',
          `Content for ${type} record must be a valid IPv${type === 'A' ? 4 : 6} address, not ${quote(content)}.`,
        )
  }
  if (type === 'CNAME' || type === 'NS' || type === 'MX' || type === 'PTR') return readTarget(content, type)
  return ok(content)
}

function readTarget(content: string, type: RecordType): Read<string> {
  const name = toAsciiName(content)
  if (name !== undefined && isName(name) && !/^[0-9.]+$/.test(name)) return ok(name)
  return bad('content', `Content for ${type} record must be a host name, not ${quote(content)}.`)
}

function contentOfData({ data }: Json, type: RecordType): string | undefined {
  const members = DATA_MEMBERS[type]
  if (!isObject(data) || members === undefined) return undefined
  const parts = members.map((member) => data[member]).filter((part) => part !== undefined && part !== '')
  return parts.every((part) => typeof part === 'string' || typeof part === 'number') ? parts.join(' ') : undefined
}

function readTtl(value: unknown = AUTOMATIC_TTL): Read<number> {
  if (value === AUTOMATIC_TTL) return ok(value)
  if (typeof value === 'number' && Number.isInteger(value) && value >= MIN_TTL_SECONDS && value <= MAX_TTL_SECONDS) {
    return ok(value)
  }
  return bad(
    'ttl',
    `${quote(value)} is not a TTL; use 1 for automatic, or ${MIN_TTL_SECONDS} to ${MAX_TTL_SECONDS} seconds`,
  )
}

function readProxied(value: unknown, type: RecordType): Read<boolean> {
  if (value === undefined || value === null || value === false) return ok(false)
  if (value !== true) return bad('proxied', `${quote(value)} is not a boolean; use true or false`)
  if (PROXIABLE.includes(type)) return ok(true)
  return bad('proxied', `a record of type ${type} cannot be proxied; only ${listed(PROXIABLE)} can`)
}

function readPriority(value: unknown, type: RecordType): Read<number | undefined> {
  if (value === undefined || value === null) {
    return type === 'MX' ? bad('priority', 'a record of type MX needs a priority; add "priority": 10') : ok(undefined)
  }
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_PRIORITY) return ok(value)
  return bad('priority', `${quote(value)} is not a priority; use a whole number from 0 to ${MAX_PRIORITY}`)
}

type Notes = Pick<RecordFields, 'comment' | 'tags' | 'settings' | 'private_routing'>

function readNotes({ comment = null, tags, settings, private_routing: routing }: Json): Read<Notes> {
  if (comment !== null && (typeof comment !== 'string' || comment.length > MAX_COMMENT_LENGTH)) {
    return bad('comment', `a comment is a string of at most ${MAX_COMMENT_LENGTH} characters; shorten it`)
  }
  if (tags !== undefined && tags !== null && !isTags(tags)) {
    return bad('tags', `tags are at most ${MAX_TAGS} strings such as "owner:dns-team"; correct them`)
  }
  if (settings !== undefined && settings !== null && !isObject(settings)) {
    return bad('settings', `${quote(settings)} is not an object; write { ... }`)
  }
  if (routing !== undefined && typeof routing !== 'boolean') {
    return bad('private_routing', `${quote(routing)} is not a boolean; use true or false`)
  }
  return ok({
    comment: comment === '' ? null : comment,
    tags: isTags(tags) ? tags : [],
    settings: isObject(settings) ? settings : {},
    ...(routing !== undefined && { private_routing: routing }),
  })
}

function isTags(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MAX_TAGS && value.every((tag) => typeof tag === 'string' && tag !== '')
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
