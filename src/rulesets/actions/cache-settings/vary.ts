// `vary` of a set_cache_settings action.  CF cache/how-to/cache-rules/settings, cache/concepts/vary

import type { VaryAction, VaryRule, VarySettings } from '../../../cache/index.ts'
import { type JsonReader, listed } from '../../json-reader.ts'
import { checkVaryFieldName } from './names.ts'

const ACTIONS = ['normalize', 'passthrough', 'bypass'] as const
const MAX_FIELDS = 50
/** Printable ASCII, and not empty. */
const PRINTABLE = /^[\x20-\x7e]+$/

/** The fields that take an allow-list, and its limits. */
const ALLOW_LISTS = {
  accept: { member: 'media_types', max: 10, maxCharacters: 255 },
  'accept-language': { member: 'languages', max: 20, maxCharacters: 64 },
} as const

type AllowList = (typeof ALLOW_LISTS)[keyof typeof ALLOW_LISTS]

export function readVary(reader: JsonReader): VarySettings | undefined {
  const members = reader.members(['default', 'headers'])
  if (members === undefined) return undefined
  const byDefault = members.get('default')
  if (byDefault === undefined)
    reader.refuse('default is missing; add { "action": ... } for the fields that headers leaves out')
  const action = byDefault === undefined ? undefined : readAction(byDefault, byDefault.members(['action']))
  const headers = members.get('headers')
  const rules = headers === undefined ? [] : readRules(headers)
  return action === undefined ? undefined : { default: action, headers: Object.fromEntries(rules) }
}

function readRules(reader: JsonReader): readonly (readonly [name: string, rule: VaryRule])[] {
  const entries = reader.entries() ?? []
  if (entries.length > MAX_FIELDS) {
    reader.refuse(`${entries.length} fields exceed ${MAX_FIELDS}; leave the rest to default`)
    return []
  }
  return entries.flatMap(([text, member]) => {
    const name = checkVaryFieldName(member, text)
    const rule = name === undefined ? undefined : readRule(member, name)
    return name === undefined || rule === undefined ? [] : [[name, rule] as const]
  })
}

function readRule(reader: JsonReader, name: string): VaryRule | undefined {
  const allowList = name === 'accept' || name === 'accept-language' ? ALLOW_LISTS[name] : undefined
  const members = reader.members(allowList === undefined ? ['action'] : ['action', allowList.member])
  const action = readAction(reader, members)
  const list = allowList === undefined ? undefined : members?.get(allowList.member)
  const allow = allowList === undefined || list === undefined ? undefined : readAllowed(list, allowList)
  return action === undefined ? undefined : { action, allow }
}

function readAction(parent: JsonReader, members: ReadonlyMap<string, JsonReader> | undefined): VaryAction | undefined {
  if (members === undefined) return undefined
  const reader = members.get('action')
  return reader === undefined ? parent.refuse(`action is missing; use ${listed(ACTIONS)}`) : reader.oneOf(ACTIONS)
}

function readAllowed(reader: JsonReader, { max, maxCharacters }: AllowList): readonly string[] | undefined {
  const values = reader.elements(1, max)?.map((element) => {
    const text = element.string()
    if (text === undefined || (PRINTABLE.test(text) && text.length <= maxCharacters)) return text?.toLowerCase()
    return element.refuse(`a value must be 1 to ${maxCharacters} printable ASCII characters; correct it`)
  })
  return values?.filter((value) => value !== undefined)
}
