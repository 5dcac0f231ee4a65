// The command line as users call it: exit codes, sentences, the ready line, signals, and what lies on the disk afterwards.

import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { get, makeScratch, makeSelfSigned, parseReadyLine, startEdgeProcess, startOrigin } from '../support/index.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LAUNCHER = join(ROOT, 'bin', 'varyant.js')
const FREE = ['--listen', '127.0.0.1:0', '--api', '127.0.0.1:0'] as const

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Runs the command to its end. */
async function run(args: readonly string[], options: { readonly cwd?: string } = {}): Promise<Ended> {
  const child = Bun.spawn(['node', LAUNCHER, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, VARYANT_API_TOKEN: 'cli-test-token' },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
  await child.exited
  return { code: child.exitCode, stdout, stderr }
}

describe('the command', () => {
  test.each([
    ['no verb', [], /^usage: varyant start/],
    [
      'an unknown verb',
      ['strat'],
      /^varyant: "strat" is not a command; use "varyant start", or see "varyant --help"\n$/,
    ],
    [
      'an unknown flag',
      ['start', '--orgin', 'x'],
      /^varyant: --orgin is not an option of start; see "varyant --help"\n$/,
    ],
    ['a flag that is wrong', ['start', '--api', 'x'], /^varyant: --api: "x" is not HOST:PORT; write for example/],
    [
      'a file that is missing',
      ['start', '--config', '/no/such.json'],
      /"\/no\/such.json" cannot be read: there is no such file; correct the path\n$/,
    ],
  ])('with %s exits 2 and says so on stderr alone', async (_, args, sentence) => {
    const { code, stdout, stderr } = await run(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(sentence)
  })

  test('tells its version and its usage on stdout', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
    expect((await run(['start', '--help'])).stdout).toContain('--origin URL')
  })

  test('reads neither .env nor bunfig.toml of the folder that it is started from', async () => {
    await using scratch = await makeScratch()
    await Bun.write(join(scratch.path, 'bunfig.toml'), 'preload = ["./preload.ts"]\n')
    await Bun.write(join(scratch.path, 'preload.ts'), 'console.log("preloaded")\n')
    await Bun.write(join(scratch.path, '.env'), 'VARYANT_TEST=1\n')
    const { code, stdout } = await run(['--version'], { cwd: scratch.path })
    expect([code, stdout.includes('preloaded')]).toEqual([0, false])
  })
})

describe('a configuration that is wrong', () => {
  test('is told whole, exits 2, and nothing of it is applied', async () => {
    await using scratch = await makeScratch()
    const config = join(scratch.path, 'varyant.json')
    const json = { data: 'data', edge: { http: 'x' }, zones: [{ name: 'example.com', origins: { '*': 'ftp://x' } }] }
    await Bun.write(config, JSON.stringify(json))
    const { code, stdout, stderr } = await run(['start', '--config', config])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe(
      'varyant: edge.http: "x" is not HOST:PORT; write for example "127.0.0.1:8080"\n' +
        'varyant: zones[0].origins["*"]: "ftp://x" is not an http or https URL; write "http://HOST:PORT" or "https://HOST:PORT"\n',
    )
    expect(existsSync(join(scratch.path, 'data'))).toBe(false)
  })

  test('that is no JSON is told with its line and column', async () => {
    await using scratch = await makeScratch()
    const config = join(scratch.path, 'varyant.json')
    await Bun.write(config, '{\n  "zones": [],\n}\n')
    const { code, stderr } = await run(['start', '--config', config])
    const remedy = 'remove the comma before it, or add what is missing'
    expect([code, stderr]).toEqual([2, `varyant: ${config}:3:1: "}" is not valid JSON here; ${remedy}\n`])
  })
})

describe('a start that cannot be', () => {
  test.each([
    ['the edge', '--listen', ['--api', '127.0.0.1:0']],
    ['the API', '--api', ['--listen', '127.0.0.1:0']],
  ])('because %s has no port exits 1, names it, and lets go of everything', async (what, flag, others) => {
    await using scratch = await makeScratch()
    await using taken = await startOrigin()
    const address = `127.0.0.1:${taken.port}`
    const data = join(scratch.path, 'data')
    const { code, stdout, stderr } = await run(['start', flag, address, ...others, '--data', data])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(
      `varyant: ${what} cannot listen on ${address}: another program does; stop it, or choose another address with ${flag} HOST:PORT\n`,
    )
    await using edge = await startEdgeProcess({ args: [...FREE, '--data', data] })
    expect(await edge.stop()).toBe(0)
  })

  test('because a name has no address exits 1 and names it', async () => {
    await using scratch = await makeScratch()
    const data = join(scratch.path, 'data')
    const { code, stderr } = await run([
      'start',
      '--listen',
      'no-such-host.invalid:0',
      '--api',
      '127.0.0.1:0',
      '--data',
      data,
    ])
    expect(code).toBe(1)
    expect(stderr).toContain(
      'varyant: the edge cannot listen on no-such-host.invalid:0: the name no-such-host.invalid has no address; choose another address with --listen HOST:PORT\n',
    )
  })

  test('because its data directory is in use exits 1', async () => {
    await using scratch = await makeScratch()
    const data = join(scratch.path, 'data')
    await using edge = await startEdgeProcess({ args: [...FREE, '--data', data] })
    const { code, stderr } = await run(['start', ...FREE, '--data', data])
    expect(code).toBe(1)
    expect(stderr).toContain(
      `the data directory ${data} is in use by another Varyant; stop that one, or choose another directory with --data\n`,
    )
    expect(await edge.stop()).toBe(0)
  }, 15_000)
})

describe('a running edge', () => {
  test('prints one ready line, and exits 0 on either signal', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      await using scratch = await makeScratch()
      await using edge = await startEdgeProcess({ args: [...FREE, '--data', join(scratch.path, 'data')] })
      expect(await edge.stop(signal)).toBe(0)
      expect(edge.stdout.length).toBe(1)
      expect(parseReadyLine(edge.stdout[0] ?? '')).toBeDefined()
    }
  })

  test('names its https address where it has one', async () => {
    await using scratch = await makeScratch()
    const { cert, key } = makeSelfSigned()
    await Bun.write(join(scratch.path, 'cert.pem'), cert)
    await Bun.write(join(scratch.path, 'key.pem'), key)
    const config = join(scratch.path, 'varyant.json')
    const edge = { http: '127.0.0.1:0', https: '127.0.0.1:0', tls: [{ cert: 'cert.pem', key: 'key.pem' }] }
    await Bun.write(config, JSON.stringify({ edge, api: { listen: '127.0.0.1:0' }, data: 'data' }))
    await using process = await startEdgeProcess({ args: ['--config', config] })
    expect(process.httpsUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(existsSync(join(scratch.path, 'data', 'purge.sqlite'))).toBe(true)
  })

  test('without an origin serves the demo, and tells three things to try', async () => {
    await using scratch = await makeScratch()
    await using edge = await startEdgeProcess({ args: [...FREE, '--data', join(scratch.path, 'data')] })
    expect((await get(`${edge.edgeUrl}/style.css`)).status).toBe(200)
    expect((await get(`${edge.edgeUrl}/`)).text).toContain('/slow.css')
    expect(edge.stderr().match(/^ {2}curl -si .*$/gm)?.length).toBe(3)
  })

  test('makes a token for its owner only, says where it is, and keeps it', async () => {
    await using scratch = await makeScratch()
    const data = join(scratch.path, 'data')
    const path = join(data, 'token')
    const verify = async (apiUrl: string): Promise<number> => {
      const headers = { authorization: `Bearer ${readFileSync(path, 'utf8').trim()}` }
      return (await fetch(`${apiUrl}/client/v4/user/tokens/verify`, { headers })).status
    }
    for (const _ of ['first start', 'second start']) {
      await using edge = await startEdgeProcess({ args: [...FREE, '--data', data], env: { VARYANT_API_TOKEN: '' } })
      expect(await verify(edge.apiUrl)).toBe(200)
      await edge.stop()
      expect(edge.stderr()).toContain(`the token of the API is in ${path}\n`)
      expect(edge.stderr()).not.toContain(readFileSync(path, 'utf8').trim())
    }
    expect([statSync(data).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600])
  }, 15_000)

  test('ends when its launcher is killed, so that another can start at once', async () => {
    await using scratch = await makeScratch()
    const data = join(scratch.path, 'data')
    {
      await using edge = await startEdgeProcess({ args: [...FREE, '--data', data] })
      await edge.stop('SIGKILL')
    }
    await using edge = await startEdgeProcess({ args: [...FREE, '--data', data] })
    expect(await edge.stop()).toBe(0)
  }, 15_000)

  test.each([
    ['writes a line of JSON for each request', [], 1],
    ['is silent about requests with --no-access-log', ['--no-access-log'], 0],
  ])('%s', async (_, flags, lines) => {
    await using scratch = await makeScratch()
    await using edge = await startEdgeProcess({ args: [...FREE, ...flags, '--data', join(scratch.path, 'data')] })
    await get(`${edge.edgeUrl}/style.css`)
    await edge.stop()
    const records = edge
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('{'))
    expect(records.length).toBe(lines)
    for (const record of records) expect(JSON.parse(record)).toMatchObject({ method: 'GET', status: 200 })
  })
})

describe('export', () => {
  test('prints a configuration that re-creates what the API had made', async () => {
    await using scratch = await makeScratch()
    await using origin = await startOrigin()
    origin.on('*', { body: 'x' })
    const data = join(scratch.path, 'data')
    {
      await using edge = await startEdgeProcess({ args: ['--origin', origin.url, ...FREE, '--data', data] })
      const send = (method: string, path: string, body: unknown) =>
        fetch(`${edge.apiUrl}/client/v4${path}`, {
          method,
          headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      const created = await send('POST', '/zones', { name: 'example.com' })
      const { result } = (await created.json()) as { result: { id: string } }
      await send('PUT', `/zones/${result.id}/origins`, { 'b.example.com': origin.url })
      await edge.stop('SIGTERM')
    }
    const exported = await run(['export', '--data', data])
    expect([exported.code, exported.stderr]).toEqual([0, ''])
    const config = join(scratch.path, 'varyant.json')
    await Bun.write(config, exported.stdout)
    const args = ['--config', config, ...FREE, '--data', join(scratch.path, 'copy')]
    await using copy = await startEdgeProcess({ args })
    expect((await get(`${copy.edgeUrl}/`, [['Host', 'b.example.com']])).text).toBe('x')
    expect((await get(`${copy.edgeUrl}/`, [['Host', 'elsewhere.test']])).text).toBe('x')
  })

  test('of a folder without a configuration exits 1 and says so', async () => {
    await using scratch = await makeScratch()
    const { code, stderr } = await run(['export', '--data', scratch.path])
    expect([code, stderr]).toEqual([
      1,
      `varyant: ${scratch.path} has no configuration; name the data directory with --data\n`,
    ])
  })
})
