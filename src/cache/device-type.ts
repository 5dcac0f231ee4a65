// Mobile, tablet or desktop, told by User-Agent.  CF automatic-platform-optimization/reference/cache-device-type
//
// Linear in the length of the text: substring searches only.  The published expression looks for a platform and, later,
// for " mobile"; since only the first of the one and the last of the other matter, no backtracking is needed.

export type DeviceType = 'mobile' | 'tablet' | 'desktop'

/** What only phones call themselves. */
const PHONES = [
  'phone',
  'ipod',
  'blackberry',
  'palm',
  'windows ce',
  'opera mini',
  'avantgo',
  'mobilesafari',
  'docomo',
  'kaios',
] as const
const TABLETS = ['ipad', 'playbook'] as const
/** Systems that run on both; " mobile" behind them tells a phone. */
const PLATFORMS = ['android', 'meego', 'silk'] as const
/** Comes with " mobile" when it wants to see what a phone would; without, it is no tablet. */
const CRAWLER = 'googlebot'

/** The kind of device that a User-Agent names, without regard to case; `desktop` when it names none. */
export function deviceType(userAgent: string): DeviceType {
  const agent = userAgent.toLowerCase()
  if (PHONES.some((name) => agent.includes(name))) return 'mobile'
  const platform = firstPlatform(agent)
  if (isFollowedByMobile(agent, platform) || isFollowedByMobile(agent, agent.indexOf(CRAWLER))) return 'mobile'
  return platform >= 0 || TABLETS.some((name) => agent.includes(name)) ? 'tablet' : 'desktop'
}

/** Where the first platform is named, or -1. */
function firstPlatform(agent: string): number {
  let first = firstBlackBerry(agent)
  for (const name of PLATFORMS) {
    const at = agent.indexOf(name)
    if (at >= 0 && (first < 0 || at < first)) first = at
  }
  return first
}

/** Where "bb" and a digit stand, as in `BB10`, or -1. */
function firstBlackBerry(agent: string): number {
  for (let at = agent.indexOf('bb'); at >= 0; at = agent.indexOf('bb', at + 1)) {
    const code = agent.charCodeAt(at + 2)
    if (code >= 0x30 && code <= 0x39) return at
  }
  return -1
}

function isFollowedByMobile(agent: string, at: number): boolean {
  return at >= 0 && agent.lastIndexOf(' mobile') > at
}
