// `varyant VERB ...`: finds the verb, runs it, exits with its code.  A verb's file is loaded when it is asked for.
//
//   0  done      1  the machine, the network or the edge failed      2  the command line or the configuration is wrong

import { endWithLauncher } from './launched.ts'
import { version } from './version.ts'

/** Runs with the words after `varyant`; answers the exit code. */
async function run(words: readonly string[]): Promise<number> {
  const [verb, ...rest] = words
  switch (verb) {
    case 'start':
      return (await import('./start.ts')).start(rest)
    case 'dev':
      return (await import('./dev.ts')).dev(rest)
    case 'purge':
      return (await import('./purge.ts')).purge(rest)
    case 'cors':
      return (await import('./cors.ts')).cors(rest)
    case 'findings':
      return (await import('./findings.ts')).findings(rest)
    case 'explain':
      return (await import('./explain.ts')).explain(rest)
    case 'zones':
      return (await import('./zones.ts')).zones(rest)
    case 'token':
      return (await import('./token-verb.ts')).token(rest)
    case 'rules':
      return (await import('./rules.ts')).rules(rest)
    case 'export':
      return (await import('./export.ts')).exportVerb(rest)
    case '--version':
    case '-v':
      process.stdout.write(`${version()}\n`)
      return 0
    case '--help':
    case '-h':
    case 'help':
      process.stdout.write((await import('./usage.ts')).USAGE)
      return 0
    case undefined:
      process.stderr.write((await import('./usage.ts')).USAGE)
      return 2
    default:
      process.stderr.write(
        `varyant: ${JSON.stringify(verb)} is not a command; use "varyant start", or see "varyant --help"\n`,
      )
      return 2
  }
}

endWithLauncher()
process.exit(await run(process.argv.slice(2)))
