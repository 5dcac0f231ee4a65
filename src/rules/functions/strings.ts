// Functions on Strings.  CF ruleset-engine/rules-language/functions

import { lowerAscii, upperAscii } from '../bytes.ts'
import { printIp } from '../ip.ts'
import { BOOL, INT, IP, type Ip, STRING, type Value } from '../types.ts'
import { integer, TEXT_FIELD } from './parameters.ts'
import { type FunctionRow, plain } from './row.ts'

export const STRING_FUNCTIONS: readonly FunctionRow[] = [
  {
    kind: 'function',
    name: 'lower',
    required: [TEXT_FIELD],
    returns: STRING,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((source) => lowerAscii(source as string)),
    doc: 'The source with ASCII letters in lower case.',
    example: 'lower(http.host) == "www.example.com"',
  },
  {
    kind: 'function',
    name: 'upper',
    required: [TEXT_FIELD],
    returns: STRING,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((source) => upperAscii(source as string)),
    doc: 'The source with ASCII letters in upper case.',
    example: 'upper(http.host) == "WWW.EXAMPLE.COM"',
  },
  {
    kind: 'function',
    name: 'starts_with',
    required: [TEXT_FIELD, { name: 'prefix', kind: 'literal', types: [STRING] }],
    returns: BOOL,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((source, prefix) => (source as string).startsWith(prefix as string)),
    doc: 'Whether the source begins with these bytes; case counts.',
    example: 'starts_with(http.request.uri.path, "/blog")',
  },
  {
    kind: 'function',
    name: 'ends_with',
    required: [TEXT_FIELD, { name: 'suffix', kind: 'literal', types: [STRING] }],
    returns: BOOL,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((source, suffix) => (source as string).endsWith(suffix as string)),
    doc: 'Whether the source ends with these bytes; case counts.',
    example: 'ends_with(http.request.uri.path, ".html")',
  },
  {
    kind: 'function',
    name: 'substring',
    required: [TEXT_FIELD, integer('start')],
    optional: [integer('end')],
    returns: STRING,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((source, start, end) =>
      (source as string).slice(Number(start), end === undefined ? undefined : Number(end)),
    ),
    doc: 'The bytes from start up to, not including, end; negative offsets count from the end, and those beyond it are cut.',
    example: 'substring(http.request.uri.path, 0, 5) == "/blog"',
  },
  {
    kind: 'function',
    name: 'remove_bytes',
    required: [TEXT_FIELD, { name: 'bytes', kind: 'either', types: [STRING] }],
    returns: STRING,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((source, bytes) => {
      const dropped = bytes as string
      return [...(source as string)].filter((byte) => !dropped.includes(byte)).join('')
    }),
    doc: 'The source without any of the listed bytes, wherever they stand.',
    example: 'remove_bytes(http.host, ".w") == "eamplecom"',
  },
  {
    kind: 'function',
    name: 'len',
    required: [{ name: 'source', kind: 'field', types: 'any-sequence' }],
    returns: INT,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((source) => (source as string | readonly Value[]).length),
    doc: 'How many bytes a String or elements an Array has.',
    example: 'len(http.host) > 10',
  },
  {
    kind: 'function',
    name: 'to_string',
    required: [{ name: 'source', kind: 'field', types: [INT, BOOL, IP] }],
    returns: STRING,
    use: 'values',
    missing: 'in-out',
    make:
      (_literals, [type]) =>
      (source) =>
        type === IP ? printIp(source as Ip) : String(source),
    doc: 'The text of an Int, a Bool or an address.',
    example: 'to_string(cf.edge.server_port)',
  },
]
