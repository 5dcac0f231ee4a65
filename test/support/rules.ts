// A scheme for tests of the Rules language: documented fields of every type, with one request's values.

import {
  arrayOf,
  BOOL,
  type Context,
  type FieldDeclaration,
  FUNCTIONS,
  INT,
  IP,
  makeScheme,
  mapOf,
  parseIp,
  STRING,
  type Value,
} from '../../src/rules/index.ts'

const STRINGS = arrayOf(STRING)

/** Fields with the values of one request; a field without a value is missing. */
const FIELDS: readonly (FieldDeclaration & { readonly value?: Value })[] = [
  { name: 'true', type: BOOL, constant: true },
  { name: 'ssl', type: BOOL, value: true },
  { name: 'notify', type: BOOL, value: false },
  { name: 'any_thing', type: BOOL, value: false },
  { name: 'cf.client.bot', type: BOOL },
  { name: 'http.host', type: STRING, value: 'Example.COM' },
  { name: 'http.user_agent', type: STRING, value: 'Mozilla/5.0 (X11; Linux)' },
  { name: 'http.referer', type: STRING },
  { name: 'http.cookie', type: STRING, value: '' },
  { name: 'http.request.method', type: STRING, value: 'GET' },
  { name: 'http.request.full_uri', type: STRING, value: 'http://www.example.com/blog/a.html?x=1&y=2&x=3' },
  { name: 'http.request.uri', type: STRING, value: '/blog/a.html?x=1&y=2&x=3' },
  { name: 'http.request.uri.path', type: STRING, value: '/blog/a.html' },
  { name: 'http.request.uri.query', type: STRING, value: 'x=1&y=2&x=3' },
  { name: 'raw.http.request.uri.path', type: STRING, value: '/blog/a.html' },
  { name: 'raw.http.request.uri.query', type: STRING, value: 'x=1&y=2&x=3' },
  {
    name: 'http.request.body.raw',
    type: STRING,
    value: '{"user": {"name": "ada", "id": 42}, "n": [1, -2, 3.0], "\\u0061": true}',
  },
  { name: 'http.request.timestamp.sec', type: INT, value: 1_700_000_000 },
  { name: 'cf.edge.server_port', type: INT, value: 443 },
  { name: 'cf.response.1xxx_code', type: INT, value: 0 },
  { name: 'http.response.code', type: INT },
  { name: 'cf.random_seed', type: STRING, value: '\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff' },
  { name: 'cf.big', type: INT, value: 9_223_372_036_854_775_807n },
  { name: 'ip.src', type: IP, value: parseIp('192.0.2.7') ?? 0 },
  { name: 'cf.edge.server_ip', type: IP, value: parseIp('2001:db8::1:2') ?? 0n },
  { name: 'cf.missing_ip', type: IP },
  { name: 'http.request.headers.names', type: STRINGS, value: ['Accept', 'Host'] },
  { name: 'http.request.accepted_languages', type: STRINGS, value: [] },
  { name: 'http.response.headers.names', type: STRINGS },
  { name: 'http.request.headers', type: mapOf(STRINGS), value: new Map<string, Value>() },
  {
    name: 'http.request.uri.args',
    type: mapOf(STRINGS),
    value: new Map<string, Value>([
      ['x', ['1', '3']],
      ['y', ['2']],
      ['empty', []],
    ]),
  },
  { name: 'http.response.headers', type: mapOf(STRINGS) },
  { name: 'cf.bot_management.detection_ids', type: arrayOf(INT), value: [7, 50_331_648] },
  { name: 'cf.text', type: STRING, value: 'caf\xc3\xa9' },
  { name: 'cf.encoded', type: STRING, value: '%252541+b%20c%u00e9' },
  { name: 'cf.base64', type: STRING, value: 'dGVzdA==' },
  { name: 'flags', type: arrayOf(BOOL), value: [true, false, true] },
  { name: 'flags2', type: arrayOf(BOOL), value: [false, true] },
  { name: 'no_flags', type: arrayOf(BOOL), value: [] },
  { name: 'missing_flags', type: arrayOf(BOOL) },
  { name: 'mba', type: mapOf(arrayOf(BOOL)), value: new Map<string, Value>() },
  { name: 'map_of_flags', type: mapOf(BOOL), value: new Map<string, Value>([['a', true]]) },
]

/** Lists of IP addresses exist under every name but `unknown`; of other types there are none. */
export const rulesScheme = makeScheme({
  fields: FIELDS,
  functions: FUNCTIONS,
  hasList: (name, type) => type === IP && name !== 'unknown',
})

/** The request's context; `values` replaces fields by name, `undefined` makes them missing. */
export function makeRulesContext(values: Readonly<Record<string, Value | undefined>> = {}): Context {
  const given = FIELDS.map((field) => (field.name in values ? values[field.name] : field.value))
  return {
    get: (index) => given[index],
    isListed: (name, value) => name === 'office' && value === parseIp('192.0.2.7'),
  }
}
