import { describe, expect, test } from 'bun:test'
import type { PurgeProblemKind } from './problems.ts'
import { type PurgeContext, type PurgeRequest, parsePurgeBody } from './request.ts'
import type { Selector } from './selector.ts'

const CONTEXT: PurgeContext = {
  zone: { id: 'zone', name: 'example.com' },
  findZone: (hostname) =>
    ({ 'b.example.com': 'zone', 'xn--bcher-kva.example': 'zone', '[::1]': 'zone', 'sub.example.com': 'other' })[
      hostname
    ],
}

const keyed = (url: string, hostname = 'b.example.com') => ({ url, hostname, fields: [], variants: 'keyed' as const })

describe('a body is understood', () => {
  const selectors: readonly [title: string, body: unknown, expected: Selector[]][] = [
    ['purge_everything alone', { purge_everything: true }, [{ kind: 'everything' }]],
    [
      'tags have no case',
      { tags: ['A', ' b '] },
      [
        { kind: 'tag', tag: 'a' },
        { kind: 'tag', tag: 'b' },
      ],
    ],
    ['a tag of 1,024 characters', { tags: ['a'.repeat(1024)] }, [{ kind: 'tag', tag: 'a'.repeat(1024) }]],
    ['hosts have no case', { hosts: ['B.Example.COM'] }, [{ kind: 'host', host: 'b.example.com' }]],
    ['a host may have a port', { hosts: ['b.example.com:080'] }, [{ kind: 'host', host: 'b.example.com:80' }]],
    ['a host may be Unicode', { hosts: ['bücher.example'] }, [{ kind: 'host', host: 'xn--bcher-kva.example' }]],
    ['a host may be an IPv6 address', { hosts: ['[0::1]:81'] }, [{ kind: 'host', host: '[::1]:81' }]],
    [
      'a host under the name of the zone that nobody serves',
      { hosts: ['x.example.com'] },
      [{ kind: 'host', host: 'x.example.com' }],
    ],
    ['a bare host is a prefix', { prefixes: ['b.example.com'] }, [{ kind: 'prefix', prefix: 'b.example.com' }]],
    [
      'a prefix keeps the case of its path',
      { prefixes: ['B.example.com/Foo'] },
      [{ kind: 'prefix', prefix: 'b.example.com/Foo' }],
    ],
    [
      'a trailing slash of a prefix says nothing',
      { prefixes: ['b.example.com/foo/'] },
      [{ kind: 'prefix', prefix: 'b.example.com/foo' }],
    ],
    [
      'a prefix of the root is the host',
      { prefixes: ['b.example.com/'] },
      [{ kind: 'prefix', prefix: 'b.example.com' }],
    ],
    [
      'a prefix is normalised',
      { prefixes: ['b.example.com/é/%7e/../%7Ex'] },
      [{ kind: 'prefix', prefix: 'b.example.com/%C3%A9/~x' }],
    ],
    [
      'a prefix may have 31 separators',
      { prefixes: [`b.example.com${'/a'.repeat(31)}`] },
      [{ kind: 'prefix', prefix: `b.example.com${'/a'.repeat(31)}` }],
    ],
    ['100 of anything but files', { tags: Array(100).fill('a') }, Array(100).fill({ kind: 'tag', tag: 'a' })],
  ]
  test.each(selectors)('%s', (_, body, expected) => {
    expect(parsePurgeBody(body, CONTEXT)).toEqual({ ok: true, value: { kind: 'selectors', selectors: expected } })
  })

  const files: readonly [
    title: string,
    item: unknown,
    expected: (PurgeRequest & { kind: 'files' })['files'][number],
  ][] = [
    ['a URL', 'https://b.example.com/a?b=c', keyed('https://b.example.com/a?b=c')],
    ['a URL in an object', { url: 'https://b.example.com/a' }, keyed('https://b.example.com/a')],
    ['scheme and host have no case, path has', 'HTTP://B.EXAMPLE.com/Foo', keyed('http://b.example.com/Foo')],
    ['a default port says nothing', 'https://b.example.com:443/', keyed('https://b.example.com/')],
    ['another port is kept', 'http://b.example.com:8080/', keyed('http://b.example.com:8080/')],
    ['a fragment says nothing', 'http://b.example.com/a#b', keyed('http://b.example.com/a')],
    ['no path is the root', 'http://b.example.com', keyed('http://b.example.com/')],
    ['UTF-8 is sent as browsers do', 'http://b.example.com/é', keyed('http://b.example.com/%C3%A9')],
    ['an "@" after the host is no user name', 'http://b.example.com/@a', keyed('http://b.example.com/@a')],
    [
      'headers become fields',
      { url: 'http://b.example.com/', headers: { Origin: 'https://a.example.com', 'CF-Device-Type': ' mobile ' } },
      {
        ...keyed('http://b.example.com/'),
        fields: [
          ['origin', 'https://a.example.com'],
          ['cf-device-type', 'mobile'],
        ],
      },
    ],
    [
      'all variants',
      { url: 'http://b.example.com/', variants: 'all' },
      { ...keyed('http://b.example.com/'), variants: 'all' },
    ],
  ]
  test.each(files)('%s', (_, item, expected) => {
    expect(parsePurgeBody({ files: [item] }, CONTEXT)).toEqual({
      ok: true,
      value: { kind: 'files', files: [expected] },
    })
  })

  test('files may mix strings and objects, 500 of them', () => {
    const items = Array.from({ length: 500 }, (_, i) =>
      i % 2 === 0 ? `http://b.example.com/${i}` : { url: `http://b.example.com/${i}` },
    )
    const parsed = parsePurgeBody({ files: items }, CONTEXT)
    expect(parsed.ok && parsed.value.kind === 'files' && parsed.value.files).toHaveLength(500)
  })
})

const REFUSED: readonly [body: unknown, kind: PurgeProblemKind, pointer: string, says: string][] = [
  [undefined, 'purge-no-selector', '', 'Request must contain one of "purge_everything"'],
  [null, 'purge-no-selector', '', 'Request must contain one of'],
  [[], 'purge-no-selector', '', 'Request must contain one of'],
  ['purge_everything', 'purge-no-selector', '', 'Request must contain one of'],
  [{}, 'purge-no-selector', '', 'Request must contain one of'],
  [{ tag: ['a'] }, 'purge-no-selector', '', 'Request must contain one of'],
  [{ toString: ['a'] }, 'purge-no-selector', '', 'Request must contain one of'],
  [{ tags: ['a'], hosts: ['b.example.com'] }, 'purge-several-selectors', '', 'tags and hosts exclude each other'],
  [{ purge_everything: true, files: [] }, 'purge-several-selectors', '', 'exclude each other'],
  [{ tags: ['a'], 'x/y': 1 }, 'purge-unknown-member', '/x~1y', 'no member "x/y"'],
  [{ purge_everything: false }, 'purge-everything-not-true', '/purge_everything', 'must be true'],
  [{ purge_everything: 'true' }, 'purge-everything-not-true', '/purge_everything', 'must be true'],
  [{ purge_everything: 1 }, 'purge-everything-not-true', '/purge_everything', 'must be true'],
  [{ tags: 'a' }, 'purge-not-an-array', '/tags', 'must be an array'],
  [{ files: { 0: 'http://b.example.com/' } }, 'purge-not-an-array', '/files', 'must be an array'],
  [{ hosts: null }, 'purge-not-an-array', '/hosts', 'must be an array'],
  [{ prefixes: [] }, 'purge-nothing-named', '/prefixes', 'name at least one'],
  [{ files: Array(501).fill('x') }, 'purge-too-many-items', '/files', '501 files exceed 500 items'],
  [{ tags: Array(101).fill('a') }, 'purge-too-many-items', '/tags', '101 tags exceed 100 items'],
  [{ tags: ['a', 1] }, 'purge-bad-tag', '/tags/1', 'must be a string'],
  [{ tags: [''] }, 'purge-bad-tag', '/tags/0', '"" is not a tag'],
  [{ tags: ['a,b'] }, 'purge-bad-tag', '/tags/0', 'without space and comma'],
  [{ tags: ['a b'] }, 'purge-bad-tag', '/tags/0', 'without space and comma'],
  [{ tags: ['é'] }, 'purge-bad-tag', '/tags/0', 'printable ASCII'],
  [{ tags: ['a'.repeat(1060)] }, 'purge-bad-tag', '/tags/0', 'a tag of 1060 characters exceeds 1024; shorten it'],
  [{ hosts: [{}] }, 'purge-bad-host', '/hosts/0', 'must be a string'],
  [{ hosts: [''] }, 'purge-bad-host', '/hosts/0', 'is not a host name'],
  [{ hosts: ['https://b.example.com'] }, 'purge-bad-host', '/hosts/0', 'has a scheme; leave it out'],
  [{ hosts: ['*.example.com'] }, 'purge-bad-host', '/hosts/0', 'has a wildcard'],
  [{ hosts: ['b.example.com/a'] }, 'purge-bad-host', '/hosts/0', 'is not a host name'],
  [{ hosts: ['u@b.example.com'] }, 'purge-bad-host', '/hosts/0', 'is not a host name'],
  [{ hosts: ['b.example.com:99999'] }, 'purge-bad-host', '/hosts/0', 'is not a host name'],
  [{ hosts: ['::1'] }, 'purge-bad-host', '/hosts/0', 'is not a host name'],
  [{ hosts: ['b.example.com\n'.repeat(2)] }, 'purge-bad-host', '/hosts/0', 'is not a host name'],
  [{ hosts: ['example.org'] }, 'purge-foreign-host', '/hosts/0', '"example.org" is not of the zone example.com'],
  [{ hosts: ['sub.example.com'] }, 'purge-foreign-host', '/hosts/0', 'purge it in its own zone'],
  [{ hosts: ['notexample.com'] }, 'purge-foreign-host', '/hosts/0', 'is not of the zone'],
  [{ prefixes: [7] }, 'purge-bad-prefix', '/prefixes/0', 'must be a string'],
  [{ prefixes: ['https://b.example.com/a'] }, 'purge-bad-prefix', '/prefixes/0', 'has a scheme'],
  [{ prefixes: ['b.example.com/a?b'] }, 'purge-bad-prefix', '/prefixes/0', 'has a "?" or "#"'],
  [{ prefixes: ['b.example.com/a#b'] }, 'purge-bad-prefix', '/prefixes/0', 'has a "?" or "#"'],
  [{ prefixes: ['/a'] }, 'purge-bad-prefix', '/prefixes/0', 'is not a host name'],
  [{ prefixes: ['b.example.com/a\r\nb'] }, 'purge-bad-prefix', '/prefixes/0', 'has a control character'],
  [
    { prefixes: [`b.example.com${'/a'.repeat(32)}`] },
    'purge-bad-prefix',
    '/prefixes/0',
    'has 32 "/", which exceeds 31',
  ],
  [{ prefixes: ['example.org/a'] }, 'purge-foreign-host', '/prefixes/0', 'is not of the zone'],
  [{ files: [null] }, 'purge-bad-file', '/files/0', 'must be a URL, or an object'],
  [{ files: [['http://b.example.com/']] }, 'purge-bad-file', '/files/0', 'must be a URL, or an object'],
  [{ files: [{}] }, 'purge-no-selector', '/files/0/url', 'must have a "url"'],
  [{ files: [{ headers: { Origin: 'x' } }] }, 'purge-no-selector', '/files/0/url', 'must have a "url"'],
  [{ files: [{ url: 1 }] }, 'purge-no-selector', '/files/0/url', 'must have a "url"'],
  [{ files: [{ url: 'http://b.example.com/', header: {} }] }, 'purge-unknown-member', '/files/0', 'no member "header"'],
  [{ files: ['/a'] }, 'purge-bad-file', '/files/0', 'is not an absolute http or https URL'],
  [{ files: ['b.example.com/a'] }, 'purge-bad-file', '/files/0', 'is not an absolute http or https URL'],
  [{ files: ['//b.example.com/a'] }, 'purge-bad-file', '/files/0', 'is not an absolute http or https URL'],
  [{ files: ['http:b.example.com/a'] }, 'purge-bad-file', '/files/0', 'is not an absolute http or https URL'],
  [{ files: ['ftp://b.example.com/a'] }, 'purge-bad-file', '/files/0', 'is not an absolute http or https URL'],
  [{ files: ['javascript:alert(1)'] }, 'purge-bad-file', '/files/0', 'is not an absolute http or https URL'],
  [{ files: ['http://'] }, 'purge-bad-file', '/files/0', 'is not a valid URL'],
  [{ files: ['http://b.example.com:x/'] }, 'purge-bad-file', '/files/0', 'is not a valid URL'],
  [{ files: ['http://u:p@b.example.com/'] }, 'purge-bad-file', '/files/0', 'user name or password'],
  [{ files: ['http://@b.example.com/'] }, 'purge-bad-file', '/files/0', 'user name or password'],
  [{ files: ['http://b.example.com/a\tb'] }, 'purge-bad-file', '/files/0', 'has a control character'],
  [{ files: [`http://b.example.com/${'a'.repeat(20_000)}`] }, 'purge-bad-file', '/files/0', 'exceeds 16384'],
  [{ files: ['http://example.org/'] }, 'purge-foreign-host', '/files/0', 'is not of the zone'],
  [
    { files: [{ url: 'http://b.example.com/', variants: 'some' }] },
    'purge-bad-file',
    '/files/0/variants',
    'must be "all"',
  ],
  [
    { files: [{ url: 'http://b.example.com/', headers: [] }] },
    'purge-bad-file',
    '/files/0/headers',
    'must be an object',
  ],
  [
    { files: [{ url: 'http://b.example.com/', headers: { Origin: null } }] },
    'purge-bad-file',
    '/files/0/headers',
    'must be a string',
  ],
  [
    { files: [{ url: 'http://b.example.com/', headers: { 'a b': '' } }] },
    'purge-bad-file',
    '/files/0/headers',
    'is not a field name',
  ],
  [
    { files: [{ url: 'http://b.example.com/', headers: { a: 'b\r\nc: d' } }] },
    'purge-bad-file',
    '/files/0/headers',
    'no field can carry',
  ],
  [
    { files: [{ url: 'http://b.example.com/', headers: { a: '1', A: '2' } }] },
    'purge-bad-file',
    '/files/0/headers',
    'given twice',
  ],
  [
    { files: [{ url: 'http://b.example.com/', headers: { HOST: 'x' } }] },
    'purge-bad-file',
    '/files/0/headers',
    'leave "Host" out',
  ],
  [
    {
      files: [
        {
          url: 'http://b.example.com/',
          headers: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, ''])),
        },
      ],
    },
    'purge-bad-file',
    '/files/0/headers',
    '101 headers exceed 100',
  ],
]

describe('a body is refused', () => {
  const titled = REFUSED.map((row) => [JSON.stringify(row[0] ?? null).slice(0, 60), ...row] as const)
  test.each(titled)('%s', (_, body, kind, pointer, says) => {
    const parsed = parsePurgeBody(body, CONTEXT)
    expect(parsed).toEqual({ ok: false, problem: [{ kind, pointer, message: expect.stringContaining(says) }] })
  })

  test('one bad item refuses the whole call, and each is reported', () => {
    const parsed = parsePurgeBody({ tags: ['a', '', 'b', 7] }, CONTEXT)
    expect(!parsed.ok && parsed.problem.map(({ pointer }) => pointer)).toEqual(['/tags/1', '/tags/3'])
  })

  test('a message never repeats a long value', () => {
    const parsed = parsePurgeBody({ hosts: ['x'.repeat(500_000)] }, CONTEXT)
    expect(!parsed.ok && parsed.problem[0]?.message.length).toBeLessThan(400)
  })
})
