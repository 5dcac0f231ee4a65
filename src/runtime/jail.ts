// What stands around a workerd process: as much as this machine lets an ordinary user have.  docs/decisions/0082
//
//   bwrap     own file system, own processes, no network, ends with the edge
//   unshare   no network, and the edge's own file system
//   setpriv   ends with the edge, gains no privileges; alone where neither of the above works
//
// workerd isolates scripts by capability; these are the wall behind that wall, and none of them is needed for scripts to run.

import { dirname } from 'node:path'

/** One way to start a program; `words` go before it. */
export type Jail = {
  readonly kind: 'bwrap' | 'unshare' | 'setpriv' | 'none'
  words(program: string, directory: string): readonly string[]
}

/**
 * All that a process finds in its environment, beside what its jail needs to be found.
 *
 * The tunable leaves the kernel's restartable sequences to workerd: glibc takes them for every thread, and without them
 * workerd's allocator works without its caches for each processor, which costs a request some 5 %.  docs/decisions/0151
 */
export const ENVIRONMENT = { TZ: 'UTC', GLIBC_TUNABLES: 'glibc.pthread.rseq=0' } as const

const SETPRIV = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', '--'] as const

const BWRAP: Jail = {
  kind: 'bwrap',
  words: (program, directory) => [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--uid', '65534', '--gid', '65534', '--clearenv'],
    ...Object.entries(ENVIRONMENT).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--dev', '/dev', '--proc', '/proc'],
    ...['--ro-bind-try', '/usr', '/usr', '--ro-bind-try', '/lib', '/lib', '--ro-bind-try', '/lib64', '/lib64'],
    ...['--ro-bind', dirname(program), dirname(program), '--bind', directory, directory, '--'],
  ],
}

const UNSHARE: Jail = { kind: 'unshare', words: () => [...SETPRIV, 'unshare', '--map-current-user', '--net', '--'] }
const PLAIN: Jail = { kind: 'setpriv', words: () => SETPRIV }

/** For systems without any of them. */
export const NO_JAIL: Jail = { kind: 'none', words: () => [] }

/** The strongest jail in which `works` could start a program. */
export async function findJail(works: (jail: Jail) => Promise<boolean>): Promise<Jail> {
  for (const jail of [BWRAP, UNSHARE, PLAIN]) if (await works(jail)) return jail
  return NO_JAIL
}
