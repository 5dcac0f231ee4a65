// The device type, by User-Agent.

import { describe, expect, test } from 'bun:test'
import { type DeviceType, deviceType } from './device-type.ts'
import { LINEAR_BUDGET_MILLIS, processorMillis } from './processor-time.fixture.ts'

const ROWS: readonly (readonly [type: DeviceType, userAgent: string])[] = [
  ['mobile', 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148'],
  ['mobile', 'Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36'],
  ['mobile', 'Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0'],
  ['mobile', 'Mozilla/5.0 (Windows Phone 10.0; ARM) Edge/15'],
  ['mobile', 'Mozilla/5.0 (BB10; Touch) AppleWebKit/537.35 Version/10.2 Mobile Safari/537.35'],
  ['mobile', 'Mozilla/5.0 (MeeGo; NokiaN9) AppleWebKit/534.13 NokiaBrowser/8.5 Mobile Safari/534.13'],
  ['mobile', 'Mozilla/5.0 (compatible; Googlebot/2.1) Chrome/140 Mobile Safari/537.36'],
  ['mobile', 'Mozilla/5.0 (Mobile; Nokia 8110) KAIOS/2.5'],
  ['mobile', 'Opera/9.80 (J2ME/MIDP; Opera Mini/9)'],
  ['mobile', 'Mozilla/4.0 (compatible; MSIE 6.0; Windows CE)'],
  ['mobile', 'DoCoMo/2.0 N905i'],
  ['mobile', 'iPod'],
  ['mobile', 'Silk/3.17 like Chrome Mobile'],
  ['tablet', 'Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) AppleWebKit/605.1.15'],
  ['tablet', 'Mozilla/5.0 (Linux; Android 16; SM-X910) AppleWebKit/537.36 Chrome/140.0 Safari/537.36'],
  ['tablet', 'Mozilla/5.0 (PlayBook; U; RIM Tablet OS 2.1.0)'],
  ['tablet', 'Mozilla/5.0 (Linux; U; en-us; KFTT) Silk/3.17 Safari/535.19'],
  ['tablet', 'a mobile android'],
  ['desktop', 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'],
  ['desktop', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
  ['desktop', 'bubble bbq mobile'],
  ['desktop', ''],
]

describe('the device type is told by User-Agent', () => {
  test.each(ROWS)('%s: %s', (type, userAgent) => {
    expect(deviceType(userAgent)).toBe(type)
    expect(deviceType(userAgent.toUpperCase())).toBe(type)
  })
})

test('no User-Agent takes more than linear time', () => {
  const millis = processorMillis(() => {
    for (const piece of ['bb', 'b', 'android ', 'googlebot', ' mobile', 'silk', 'ipho'])
      deviceType(piece.repeat(100_000))
  })
  expect(millis).toBeLessThan(LINEAR_BUDGET_MILLIS)
})
