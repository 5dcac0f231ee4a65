// Which jail is taken, and what its command line says.

import { describe, expect, test } from 'bun:test'
import { findJail, type Jail, NO_JAIL } from './jail.ts'

const KINDS = ['bwrap', 'unshare', 'setpriv', 'none'] as const

const jailWhere = (...works: readonly Jail['kind'][]): Promise<Jail> =>
  findJail(async ({ kind }) => works.includes(kind))

describe('the jail', () => {
  test.each([
    [['bwrap', 'unshare', 'setpriv'], 'bwrap'],
    [['unshare', 'setpriv'], 'unshare'],
    [['setpriv'], 'setpriv'],
    [[], 'none'],
  ] as const)('where %j work is %s', async (works, expected) => {
    expect((await jailWhere(...works)).kind).toBe(expected)
  })

  test('of every kind ends with the edge, none apart, and the first two have no network', async () => {
    for (const kind of KINDS) {
      const words = (await jailWhere(kind)).words('/opt/workerd/bin/workerd', '/run/z1').join(' ')
      expect(/--die-with-parent|--pdeathsig KILL/.test(words)).toBe(kind !== 'none')
      expect(/--unshare-all|--net/.test(words)).toBe(kind === 'bwrap' || kind === 'unshare')
    }
  })

  test('of bubblewrap shows the program and the folder of the zone, and can write to nothing else', async () => {
    const words = (await jailWhere('bwrap')).words('/opt/workerd/bin/workerd', '/run/z1')
    const writable = words.flatMap((word, at) => (word === '--bind' ? [words[at + 1]] : []))
    expect(writable).toEqual(['/run/z1'])
    expect(words.join(' ')).toContain('--ro-bind /opt/workerd/bin /opt/workerd/bin')
    expect(words).toContain('--clearenv')
    expect(words.join(' ')).toContain('--setenv TZ UTC --setenv GLIBC_TUNABLES glibc.pthread.rseq=0')
  })

  test('of no kind adds nothing', () => {
    expect(NO_JAIL.words('/opt/workerd', '/run')).toEqual([])
  })
})
