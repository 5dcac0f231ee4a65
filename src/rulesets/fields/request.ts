// Fields of the request: the target, header fields, and both as the visitor sent them.  CF ruleset-engine/rules-language/fields

import { lastSegment, pathExtension } from '../../http/index.ts'
import { BOOL, INT, STRING, toByteString } from '../../rules/index.ts'
import type { RuleFacts } from '../facts.ts'
import { type FieldRow, MAP_OF_STRINGS, STRINGS } from './row.ts'
import {
  acceptedLanguages,
  argumentNames,
  argumentValues,
  cookieMap,
  fieldBytes,
  fieldMap,
  fieldNames,
  fieldValues,
  queryArguments,
  withoutMark,
} from './texts.ts'

const NEVER = { changes: 'never' } as const
const LATER = { changes: 'between-phases' } as const

/** A header field of its own, which is empty when the request has none: `http.user_agent eq ""` finds such requests. */
function ownField(name: string, field: string): FieldRow {
  return {
    ...LATER,
    name,
    type: STRING,
    doc: `The request's ${field} field; empty when there is none.`,
    read: ({ fields }) => fieldBytes(fields.get(field) ?? ''),
  }
}

const BASIC: readonly FieldRow[] = [
  { ...NEVER, name: 'true', type: BOOL, doc: 'Matches everything.', read: () => true, constant: true },
  ownField('http.cookie', 'cookie'),
  {
    ...NEVER,
    name: 'http.host',
    type: STRING,
    doc: "The visitor's Host in lower case, without its port.",
    read: ({ host }) => toByteString(host),
  },
  ownField('http.referer', 'referer'),
  {
    ...NEVER,
    name: 'http.request.method',
    type: STRING,
    doc: 'The method, as it came.',
    read: ({ method }) => toByteString(method),
  },
  {
    ...NEVER,
    name: 'http.request.version',
    type: STRING,
    doc: 'The version of HTTP, such as HTTP/1.1.',
    read: ({ httpVersion }) => httpVersion,
  },
  ownField('http.user_agent', 'user-agent'),
  ownField('http.x_forwarded_for', 'x-forwarded-for'),
  {
    ...NEVER,
    name: 'http.request.timestamp.sec',
    type: INT,
    doc: 'When the request came, in seconds since 1970.',
    read: ({ receivedAt }) => Math.floor(receivedAt / 1000),
  },
  {
    ...NEVER,
    name: 'http.request.timestamp.msec',
    type: INT,
    doc: 'The milliseconds of that second.',
    read: ({ receivedAt }) => Math.floor(receivedAt) % 1000,
  },
  {
    ...NEVER,
    name: 'ssl',
    type: BOOL,
    doc: 'Whether the visitor came by https.',
    read: ({ scheme }) => scheme === 'https',
  },
  {
    ...LATER,
    name: 'http.request.cookies',
    type: MAP_OF_STRINGS,
    doc: 'Cookies by name; names are URL-decoded, values are as they came.',
    read: ({ fields }) => cookieMap(fieldBytes(fields.get('cookie') ?? '')),
  },
  {
    ...LATER,
    name: 'http.request.accepted_languages',
    type: STRINGS,
    doc: 'The languages of Accept-Language, the most wanted first, without *.',
    read: ({ fields }) => acceptedLanguages(fields.get('accept-language') ?? ''),
  },
]

type Target = (facts: RuleFacts) => { readonly path: string; readonly query: string }

const CURRENT: Target = (facts) => facts
const RAW: Target = ({ rawPath, rawQuery }) => ({ path: rawPath, query: rawQuery })

/** The fields of a target: as it is now, or as the visitor sent it. */
function targetFields(
  prefix: string,
  note: string,
  target: Target,
  lasts: Pick<FieldRow, 'changes'>,
): readonly FieldRow[] {
  const text = (name: string, doc: string, read: (facts: RuleFacts) => string): FieldRow => ({
    ...lasts,
    name: prefix + name,
    type: STRING,
    doc: doc + note,
    read: (facts) => toByteString(read(facts)),
  })
  const uri = (facts: RuleFacts): string => target(facts).path + target(facts).query
  return [
    text('http.request.full_uri', 'Scheme, host and port, path and query', (facts) => {
      return `${facts.scheme}://${facts.authority}${uri(facts)}`
    }),
    text('http.request.uri', 'Path and query', uri),
    text('http.request.uri.path', 'The path', (facts) => target(facts).path),
    text('http.request.uri.path.basename', 'What follows the last slash of the path', (facts) =>
      lastSegment(target(facts).path),
    ),
    text('http.request.uri.path.extension', "The extension of the path's last segment in lower case", (facts) =>
      pathExtension(target(facts).path),
    ),
    text('http.request.uri.query', 'The query, without its question mark', (facts) => withoutMark(target(facts).query)),
    {
      ...lasts,
      name: `${prefix}http.request.uri.args`,
      type: MAP_OF_STRINGS,
      doc: `The arguments of the query by name, not decoded${note}`,
      read: (facts) => queryArguments(target(facts).query),
    },
    {
      ...lasts,
      name: `${prefix}http.request.uri.args.names`,
      type: STRINGS,
      doc: `The names of the query's arguments${note}`,
      read: (facts) => argumentNames(target(facts).query),
    },
    {
      ...lasts,
      name: `${prefix}http.request.uri.args.values`,
      type: STRINGS,
      doc: `The values of the query's arguments${note}`,
      read: (facts) => argumentValues(target(facts).query),
    },
  ]
}

function headerFields(prefix: string, note: string, of: 'fields' | 'rawFields', lasts: Pick<FieldRow, 'changes'>) {
  const rows: readonly FieldRow[] = [
    {
      ...lasts,
      name: `${prefix}http.request.headers`,
      type: MAP_OF_STRINGS,
      doc: `Header fields by name in lower case${note}`,
      read: (facts) => fieldMap(facts[of]),
    },
    {
      ...lasts,
      name: `${prefix}http.request.headers.names`,
      type: STRINGS,
      doc: `The names of the header fields, in lower case${note}`,
      read: (facts) => fieldNames(facts[of].entries()),
    },
    {
      ...lasts,
      name: `${prefix}http.request.headers.values`,
      type: STRINGS,
      doc: `The values of the header fields, in the order of their names${note}`,
      read: (facts) => fieldValues(facts[of].entries()),
    },
    {
      ...NEVER,
      name: `${prefix}http.request.headers.truncated`,
      type: BOOL,
      doc: 'Whether there were too many header fields to look at: never.',
      read: () => false,
    },
  ]
  return rows
}

export const REQUEST_FIELDS: readonly FieldRow[] = [
  ...BASIC,
  ...targetFields('', '.', CURRENT, LATER),
  ...targetFields('raw.', ', as the visitor sent it.', RAW, NEVER),
  ...headerFields('', '.', 'fields', LATER),
  ...headerFields('raw.', ', as the visitor sent them.', 'rawFields', NEVER),
]
