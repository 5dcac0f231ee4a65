import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EdgeEvent } from '../base/index.ts'
import { NotKept } from './blobs.ts'
import { openSecrets, parseKey, SECRET_KEY_VARIABLE } from './secret-key.ts'
import { makeMemorySecrets } from './secrets.ts'

describe('a sealed secret', () => {
  test('opens for its owner, whatever it holds', () => {
    const secrets = makeMemorySecrets()
    for (const text of ['', 'hush', '\0', 'ключ 🔑', 'x'.repeat(100_000)]) {
      expect(secrets.open(secrets.seal(text, 'w'), 'w')).toBe(text)
    }
  })

  test('is another text each time, with nothing of the secret in it', () => {
    const secrets = makeMemorySecrets()
    const [first, second] = [secrets.seal('hush', 'w'), secrets.seal('hush', 'w')]
    expect(first).not.toBe(second)
    expect(Buffer.from(first.slice(3), 'base64url').includes('hush')).toBe(false)
  })

  test('opens for nobody else, under no other key, and not when a bit of it is changed', () => {
    const secrets = makeMemorySecrets()
    const sealed = secrets.seal('hush', 'w')
    expect(secrets.open(sealed, 'x')).toBeUndefined()
    expect(makeMemorySecrets().open(sealed, 'w')).toBeUndefined()
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(secrets.open(`v1.${changed.toString('base64url')}`, 'w')).toBeUndefined()
    }
  })

  test('is nothing that was never sealed', () => {
    const secrets = makeMemorySecrets()
    secrets.seal('so that there is a key', 'w')
    for (const text of ['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'hush', `v1.${'A'.repeat(64)}`, 'v1.!!!!']) {
      expect(secrets.open(text, 'w')).toBeUndefined()
    }
  })
})

describe('a key', () => {
  test.each([
    ['32 bytes in base64', `${'A'.repeat(43)}=`, 32],
    ['32 bytes in base64 without padding', `${'_-'.repeat(21)}A`, 32],
    ['32 bytes in hex', `${'0aF'.repeat(21)}0`, 32],
    ['16 bytes in hex', '00'.repeat(16), undefined],
    ['a word', 'correct horse battery staple', undefined],
    ['33 bytes', 'A'.repeat(44), undefined],
    ['nothing', '', undefined],
  ])('%s', (_, text, length) => {
    expect(parseKey(text)?.length).toBe(length as never)
  })
})

describe('the key of a data directory', () => {
  let data: string
  let events: EdgeEvent[]
  const open = (environment: Record<string, string> = {}) =>
    openSecrets({ dataDirectory: data, environment, events: (event) => void events.push(event) })
  const file = () => join(data, 'secret.key')

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'vk-'))
    events = []
  })
  afterEach(() => rmSync(data, { recursive: true, force: true }))

  test('is made for the first secret, for its owner only, and opens it at the next start', () => {
    const secrets = open()
    expect(existsSync(file())).toBe(false)
    const sealed = secrets.seal('hush', 'w')
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(open().open(sealed, 'w')).toBe('hush')
  })

  test('that is lost opens nothing, and comes back', () => {
    const sealed = open().seal('hush', 'w')
    const key = readFileSync(file())
    rmSync(file())
    expect(open().open(sealed, 'w')).toBeUndefined()
    writeFileSync(file(), key)
    expect(open().open(sealed, 'w')).toBe('hush')
  })

  test('in the environment seals in its place, and what the file sealed opens still', () => {
    const old = open().seal('old', 'w')
    const environment = { [SECRET_KEY_VARIABLE]: '0'.repeat(64) }
    const secrets = open(environment)
    expect([secrets.open(old, 'w'), secrets.isCurrent(old, 'w')]).toEqual(['old', false])
    const sealed = secrets.seal('new', 'w')
    expect([secrets.isCurrent(sealed, 'w'), open().open(sealed, 'w')]).toEqual([true, undefined])
    rmSync(file())
    expect(open(environment).open(sealed, 'w')).toBe('new')
    expect(existsSync(file())).toBe(false)
  })

  test('that is none keeps nothing from starting, and says so; nothing is sealed or overwritten', () => {
    writeFileSync(file(), 'scribble\n')
    const secrets = open()
    expect(events).toEqual([{ kind: 'notice', message: expect.stringContaining('is no key of 32 bytes') }])
    expect(() => secrets.seal('hush', 'w')).toThrow(NotKept)
    expect(readFileSync(file(), 'utf8')).toBe('scribble\n')
  })

  test('in the environment that is none is refused at the start, with how to make one', () => {
    expect(() => open({ [SECRET_KEY_VARIABLE]: 'hunter2' })).toThrow('openssl rand -base64 32')
  })

  test('that cannot be kept seals nothing', () => {
    const secrets = open()
    rmSync(data, { recursive: true })
    expect(() => secrets.seal('hush', 'w')).toThrow(NotKept)
  })
})
