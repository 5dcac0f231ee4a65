// Fields of the response.  They are missing in phases that run before there is one.

import { essence, fieldValue } from '../../http/index.ts'
import { INT, STRING } from '../../rules/index.ts'
import type { ResponseFacts } from '../facts.ts'
import { type FieldRow, MAP_OF_STRINGS, STRINGS } from './row.ts'
import { fieldBytes, fieldNames, fieldValues, responseFieldMap } from './texts.ts'

const LATER = { changes: 'between-phases' } as const

function headers(prefix: string, note: string, of: 'fields' | 'rawFields'): readonly FieldRow[] {
  const list = (response: ResponseFacts | undefined) => response?.[of]
  return [
    {
      ...LATER,
      name: `${prefix}http.response.headers`,
      type: MAP_OF_STRINGS,
      doc: `Header fields of the response by name in lower case${note}`,
      read: ({ response }) => response && responseFieldMap(response[of]),
    },
    {
      ...LATER,
      name: `${prefix}http.response.headers.names`,
      type: STRINGS,
      doc: `The names of the response's header fields, in lower case${note}`,
      read: ({ response }) => response && fieldNames(list(response) ?? []),
    },
    {
      ...LATER,
      name: `${prefix}http.response.headers.values`,
      type: STRINGS,
      doc: `The values of the response's header fields, in the order of their names${note}`,
      read: ({ response }) => response && fieldValues(list(response) ?? []),
    },
  ]
}

export const RESPONSE_FIELDS: readonly FieldRow[] = [
  {
    ...LATER,
    name: 'http.response.code',
    type: INT,
    doc: 'The status code of the response.',
    read: ({ response }) => response?.status,
  },
  ...headers('', '.', 'fields'),
  ...headers('raw.', ', before any rule changed them.', 'rawFields'),
  {
    ...LATER,
    name: 'http.response.content_type.media_type',
    type: STRING,
    doc: "The media type of the response's content in lower case, without parameters.",
    read: ({ response }) => {
      const value = response && fieldValue(response.fields, 'content-type')
      return value === undefined ? undefined : fieldBytes(essence(value) ?? '')
    },
  },
  {
    ...LATER,
    name: 'cf.response.1xxx_code',
    type: INT,
    doc: "The number of the edge's own 1xxx page, else 0.",
    read: ({ response }) => response?.errorCode ?? 0,
  },
  {
    ...LATER,
    name: 'cf.response.error_type',
    type: STRING,
    doc: 'What kind of page of its own the edge answers with: 5xx or 1xxx; empty for other responses.',
    read: ({ response }) => response?.errorType ?? '',
  },
]
