import { describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CgroupFacts, type CgroupPlace, decidePlace, findPlace, mountOf } from './cgroup-place.ts'

const facts = (directory: string, parts: Partial<CgroupFacts> = {}): CgroupFacts => ({
  directory,
  ...{ isRoot: false, isWritable: true, controllers: ['cpu', 'io', 'memory', 'pids'], enabled: [], processes: [] },
  ...parts,
})
const EDGE = 40
const FAMILY = new Set([EDGE, 30, 1])
const found = (base: string, parts: Partial<Extract<CgroupPlace, { kind: 'found' }>> = {}): CgroupPlace => ({
  kind: 'found',
  ...{ base, enable: ['memory', 'cpu'], move: [] },
  ...parts,
})

describe('cgroups for scripts are made', () => {
  test.each<[string, CgroupFacts, CgroupFacts | undefined, CgroupPlace]>([
    [
      'below the edge’s own, when it and those who started it are alone there: they move one down',
      facts('/c/service', { processes: [30, EDGE] }),
      facts('/c', { processes: [7] }),
      found('/c/service', { move: [30, EDGE] }),
    ],
    [
      'beside the edge’s own, when that is called varyant-edge',
      facts('/c/service/varyant-edge', { processes: [EDGE] }),
      facts('/c/service'),
      found('/c/service'),
    ],
    [
      'at the root, where processes may stay',
      facts('/c', { isRoot: true, processes: [7, EDGE] }),
      undefined,
      found('/c'),
    ],
    [
      'with the controllers that are on already, and without one that is not there',
      facts('/c/s', { controllers: ['memory'], enabled: ['memory'], processes: [EDGE] }),
      undefined,
      found('/c/s', { enable: [], move: [EDGE] }),
    ],
  ])('%s', (_, own, above, place) => {
    expect(decidePlace(own, above, FAMILY)).toEqual(place)
  })

  test.each<[string, CgroupFacts, CgroupFacts | undefined, string]>([
    [
      'the memory controller',
      facts('/c/s', { controllers: ['cpu'] }),
      undefined,
      '/c/s has no memory controller to give',
    ],
    ['the right to write', facts('/c/s', { isWritable: false }), undefined, '/c/s cannot be written; delegate it'],
    [
      'a cgroup of one’s own',
      facts('/c/session', { processes: [EDGE, 77] }),
      undefined,
      'process 77 is in /c/session too; start the edge in a cgroup of its own',
    ],
    [
      'one of one’s own above',
      facts('/c/s/varyant-edge', { processes: [EDGE] }),
      facts('/c/s', { processes: [78] }),
      'process 78 is in /c/s too; start the edge in a cgroup of its own',
    ],
  ])('not without %s', (_, own, above, why) => {
    expect(decidePlace(own, above, FAMILY)).toEqual({ kind: 'none', why })
  })
})

describe('what a machine tells of itself', () => {
  /** A tree like /proc and /sys/fs/cgroup, of the files that are given. */
  function onMachine<Answer>(files: Readonly<Record<string, string>>, look: (root: string) => Answer): Answer {
    const root = mkdtempSync(join(tmpdir(), 'vc-'))
    try {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(root, path, '..'), { recursive: true })
        writeFileSync(join(root, path), text.replaceAll('ROOT', root))
      }
      return look(root)
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  }
  const mount = '31 23 0:27 / ROOT/cg rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n'
  const stats = {
    'proc/40/stat': '40 (bun (x) y) S 30 1 1',
    'proc/30/stat': '30 (node) S 1 1 1',
    'proc/1/stat': '1 (sh) S 0 1 1',
  }

  test('in a container: the edge is in the top group, with the processes that started it', () => {
    const files = {
      ...stats,
      ...{ 'proc/self/mountinfo': `22 1 0:5 / /proc rw - proc proc rw\n${mount}`, 'proc/self/cgroup': '0::/\n' },
      ...{ 'cg/cgroup.controllers': 'cpuset cpu io memory pids\n', 'cg/cgroup.type': 'domain\n' },
      ...{ 'cg/cgroup.subtree_control': '\n', 'cg/cgroup.procs': '1\n30\n40\n' },
    }
    onMachine(files, (root) => {
      expect(findPlace(40, join(root, 'proc'))).toEqual(found(join(root, 'cg'), { move: [1, 30, 40] }))
    })
  })

  test('with the other edge processes that it has started, and without those of somebody else', () => {
    const files = {
      ...{ ...stats, 'proc/50/stat': '50 (bun) S 40 1 1', 'proc/60/stat': '60 (postgres) S 1 1 1' },
      ...{ 'proc/self/mountinfo': mount, 'proc/self/cgroup': '0::/\n' },
      ...{ 'cg/cgroup.controllers': 'cpu memory\n', 'cg/cgroup.type': 'domain\n', 'cg/cgroup.subtree_control': '\n' },
    }
    onMachine({ ...files, 'cg/cgroup.procs': '30\n40\n50\n' }, (root) => {
      expect(findPlace(40, join(root, 'proc'))).toEqual(found(join(root, 'cg'), { move: [30, 40, 50] }))
    })
    onMachine({ ...files, 'cg/cgroup.procs': '30\n40\n50\n60\n' }, (root) => {
      expect(findPlace(40, join(root, 'proc'))).toMatchObject({
        kind: 'none',
        why: expect.stringContaining('process 60'),
      })
    })
  })

  test('below systemd, in the subgroup of a delegated service', () => {
    const service = 'cg/system.slice/varyant.service'
    const files = {
      ...stats,
      'proc/self/mountinfo': mount,
      'proc/self/cgroup': '0::/system.slice/varyant.service/varyant-edge\n',
      [`${service}/cgroup.controllers`]: 'cpu memory\n',
      [`${service}/cgroup.type`]: 'domain\n',
      [`${service}/cgroup.subtree_control`]: 'memory\n',
      [`${service}/varyant-edge/cgroup.controllers`]: 'memory\n',
      [`${service}/varyant-edge/cgroup.procs`]: '30\n40\n',
    }
    onMachine(files, (root) => {
      expect(findPlace(40, join(root, 'proc'))).toEqual(found(join(root, service), { enable: ['cpu'] }))
    })
  })

  test.each([
    [
      'only cgroup v1',
      { 'proc/self/cgroup': '4:memory:/x\n', 'proc/self/mountinfo': '31 23 0:27 / /c rw - cgroup cgroup rw,memory\n' },
      'there is no cgroup v2 here',
    ],
    ['nothing', {}, 'there is no cgroup v2 here'],
    [
      'a group outside of what is seen',
      { 'proc/self/cgroup': '0::/../x\n', 'proc/self/mountinfo': mount },
      'the cgroup of the edge cannot be seen from here',
    ],
    [
      'a group that is not there',
      { 'proc/self/cgroup': '0::/x\n', 'proc/self/mountinfo': mount },
      'ROOT/cg/x cannot be read',
    ],
  ])('%s', (_, files, why) => {
    onMachine(files as Record<string, string>, (root) => {
      expect(findPlace(40, join(root, 'proc'))).toEqual({ kind: 'none', why: why.replace('ROOT', root) })
    })
  })

  test('a mount point may have spaces in it', () => {
    expect(mountOf('31 23 0:27 / /a\\040b rw - cgroup2 none rw')).toBe('/a b')
  })
})
