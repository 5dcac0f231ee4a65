import { describe, expect, test } from 'bun:test'
import { isSerializedOrigin, parseWebOrigin } from './web-origin.ts'

describe('Fetch §Origin header: absent, null and a serialised origin are three things', () => {
  test('absent', () => {
    expect(parseWebOrigin(null)).toEqual({ kind: 'absent' })
    expect(parseWebOrigin(undefined)).toEqual({ kind: 'absent' })
  })
  test('null', () => {
    expect(parseWebOrigin('null')).toEqual({ kind: 'null' })
  })
  test('origin', () => {
    const serialized = 'https://a.example:8443'
    expect(parseWebOrigin(serialized)).toEqual({ kind: 'origin', serialized })
  })
  test.each(['', ' ', 'NULL', 'null ', '*', 'undefined'])('%p is none of them', (value) => {
    expect(parseWebOrigin(value)).toEqual({ kind: 'invalid' })
  })
})

describe('a serialised origin is scheme, "://", host and perhaps a port', () => {
  test.each([
    'http://a',
    'https://a.example',
    'https://a.example:1',
    'https://a.example:65535',
    'https://a.example:443',
    'https://a.example.',
    'https://xn--bcher-kva.example',
    'https://a_b.example',
    'http://127.0.0.1:3000',
    'http://[::1]',
    'http://[2001:db8::1]:8080',
    'chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb',
    'moz-extension://1b4ee1a1-6d4e-4c35-8b2f-0f6d5a3a8f2e',
    'safari-web-extension://E5F2A8B3-0C1D-4E2F-9A3B-4C5D6E7F8A9B',
    'capacitor://localhost',
    'app+x.y-z1://host',
    `https://${'a'.repeat(253)}:65535`,
  ])('%s', (value) => {
    expect(isSerializedOrigin(value)).toBe(true)
  })
})

describe('what no browser sends is invalid', () => {
  test.each([
    'https://a.example/',
    'https://a.example/path',
    'https://a.example?x',
    'https://a.example#x',
    'https://a.example, https://b.example',
    'https://a.example https://b.example',
    'https://a.example,https://b.example',
    ' https://a.example',
    'https://a.example ',
    'https://user@a.example',
    'https://user:pw@a.example',
    'https://a.example:',
    'https://a.example:0',
    'https://a.example:080',
    'https://a.example:65536',
    'https://a.example:99999',
    'https://a.example:123456',
    'https://a.example:-1',
    'https://a.example:1x',
    'https://a.example:80:80',
    'HTTPS://a.example',
    'Https://a.example',
    'https://A.example',
    'https://a.eXample',
    'chrome-Extension://abc',
    'https://',
    'https://:443',
    'https:a.example',
    'https:/a.example',
    'https:///a.example',
    '://a.example',
    'a.example',
    '//a.example',
    'https',
    '1https://a.example',
    '-x://a',
    'https://b\u00fccher.example',
    'https://a%2eexample',
    'https://*.example',
    'https://a\0b',
    'https://a\r\nb',
    'https://a\tb',
    'https://a\\b',
    'https://a"b',
    "https://a'b",
    'https://a<b',
    'http://[::1',
    'http://::1',
    'http://[]',
    'http://[::1]x',
    'http://[::1]:',
    'http://[::FFFF]',
    'http://[::1%25eth0]',
    'http://[1.2.3.4]',
    `https://${'a'.repeat(400)}`,
  ])('%p', (value) => {
    expect(isSerializedOrigin(value)).toBe(false)
  })
})

test('every text that the URL standard serialises so is accepted, and what is accepted it serialises so', () => {
  const schemes = ['http://', 'https://', 'ws://', 'HTTP://', 'http:']
  const hosts = ['a', 'A', 'a.b', 'a-b.c', 'a_b', 'a/b', 'a@b', 'a b', 'a,b', 'a%41', '[::1]', '[::A]', '[1::2]', '']
  const ports = ['', ':', ':1', ':81', ':081', ':65535', ':65536', ':x', '/', '?', '#']
  for (const scheme of schemes) {
    for (const host of hosts) {
      for (const port of ports) {
        const text = scheme + host + port
        const url = URL.canParse(text) ? new URL(text) : undefined
        // The URL standard also lets a comma stand in a name; no name has one, and two joined Origin lines do.
        const isSerialized = url?.origin === text && !text.includes(',')
        if (isSerializedOrigin(text) !== isSerialized) throw new Error(text)
      }
    }
  }
})

const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32))

test(`random text is judged without exception, and as the grammar says (FUZZ_SEED=${seed})`, () => {
  const pieces = [
    'http',
    'https',
    'moz-extension',
    '://',
    ':',
    '/',
    '.',
    'a',
    'B',
    '1',
    '0',
    '443',
    '65536',
    '[::1]',
    '[',
  ]
  pieces.push(']', ',', ' ', 'null', '@', '%', '-', '_', '\0', '\u00e9', '\ud800', 'x'.repeat(400))
  const name =
    /^(?:(?:https?|wss?|ftp):\/\/[a-z0-9._~-]+|(?!(?:https?|wss?|ftp):)[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._~-]+)/
  const address = /^[a-z][a-z0-9+.-]*:\/\/\[::1\]/
  let state = seed
  let accepted = 0
  for (let i = 0; i < 20_000; i += 1) {
    let text = i % 2 === 0 ? 'https://' : ''
    for (let count = i % 7; count > 0; count -= 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      text += pieces[(state >>> 8) % pieces.length]
    }
    const head = (name.exec(text) ?? address.exec(text))?.[0] ?? ''
    const port = /^:([1-9][0-9]{0,4})$/.exec(text.slice(head.length))
    const isExpected =
      head !== '' && text.length <= 320 && (text === head || (port !== null && Number(port[1]) <= 65_535))
    if (isSerializedOrigin(text) !== isExpected) throw new Error(JSON.stringify(text))
    if (isExpected) accepted += 1
  }
  expect(accepted).toBeGreaterThan(100)
})
