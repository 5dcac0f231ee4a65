// Objects by device type.  CF cache/how-to/cache-rules/examples/cache-device-type

import { describe, expect, test } from 'bun:test'
import { type Asked, type SceneOptions, share, startScene } from '../support/edge/index.ts'

describe('device type', () => {
  const byDevice: SceneOptions = { cache: { cache_key: { cache_by_device_type: true } } }
  const AGENTS = {
    iphone: ['mobile', 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15'],
    android: [
      'mobile',
      'Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36',
    ],
    googlebot: ['mobile', 'Mozilla/5.0 (compatible; Googlebot/2.1) Chrome/140 Mobile Safari/537.36'],
    kaios: ['mobile', 'Mozilla/5.0 (Mobile; Nokia 8110) KAIOS/2.5'],
    ipad: ['tablet', 'Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) AppleWebKit/605.1.15'],
    androidTablet: ['tablet', 'Mozilla/5.0 (Linux; Android 16; SM-X910) AppleWebKit/537.36 Chrome/140.0 Safari/537.36'],
    playbook: ['tablet', 'Mozilla/5.0 (PlayBook; U; RIM Tablet OS 2.1.0)'],
    firefox: ['desktop', 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'],
    none: ['desktop', ''],
  } as const

  test.each(Object.entries(AGENTS))('%s', async (_, [device, agent]) => {
    await using scene = await startScene(byDevice)
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await scene.get('/a.css', agent === '' ? [] : [['User-Agent', agent]])
    expect(scene.origin.requests[0]?.field('cf-device-type')).toBe(device)
  })

  test('phones share, tablets and desktops do not share with them', async () => {
    const agent = (name: keyof typeof AGENTS): Asked => ['/a.css', [['User-Agent', AGENTS[name][1]]]]
    expect(await share(byDevice, agent('iphone'), agent('android'))).toBe(true)
    expect(await share(byDevice, agent('iphone'), agent('ipad'))).toBe(false)
    expect(await share(byDevice, agent('ipad'), agent('firefox'))).toBe(false)
  })

  test('a visitor cannot choose it: CF-Device-Type from outside is not believed', async () => {
    await using scene = await startScene(byDevice)
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await scene.get('/a.css', [
      ['CF-Device-Type', 'mobile'],
      ['User-Agent', AGENTS.firefox[1]],
    ])
    expect(scene.origin.requests[0]?.field('cf-device-type')).toBe('desktop')
  })
})
