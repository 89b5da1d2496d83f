/** An IP address: how many bits it has, 32 or 128, and their value. */
export interface IpAddress {
  readonly bits: 32 | 128
  readonly value: bigint
}

/** An address as people and servers write it; an IPv4 one inside IPv6 (`::ffff:192.0.2.1`) is that IPv4 one. Undefined for what is none. */
export const ipAddress = (text: string): IpAddress | undefined => {
  const four = version4(text)
  if (four !== undefined) return { bits: 32, value: four }
  const six = version6(text)
  if (six === undefined) return undefined
  return six >> 32n === 0xffffn ? { bits: 32, value: six & 0xffffffffn } : { bits: 128, value: six }
}

/** A test for the addresses of a range such as `10.0.0.0/8` or `fd00::/8`; undefined for what is none. */
export const ipRange = (text: string): ((address: IpAddress) => boolean) | undefined => {
  const [, start = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  const first = ipAddress(start)
  // written as IPv6 it has the length of one
  const isMapped = first?.bits === 32 && start.includes(':')
  const taken = Number(length) - (isMapped ? 96 : 0)
  if (!first || length === '' || taken < 0 || taken > first.bits) return undefined
  const rest = BigInt(first.bits - taken)
  return address => address.bits === first.bits && address.value >> rest === first.value >> rest
}

const version4 = (text: string): bigint | undefined => {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1)
  if (!parts || parts.some(part => Number(part) > 255)) return undefined
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n)
}

const version6 = (text: string): bigint | undefined => {
  // the zone of a link-local address tells nothing of the address
  const [address = ''] = text.split('%')
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address)
  const four = tail ? version4(tail[2] ?? '') : undefined
  if (tail && four === undefined) return undefined
  const whole =
    four === undefined ? address : `${tail?.[1] ?? ''}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`
  const halves = whole.split('::')
  if (halves.length > 2 || !whole.includes(':')) return undefined
  const [left = [], right = []] = halves.map(half => (half === '' ? [] : half.split(':')))
  const missing = 8 - left.length - right.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right]
  if (!groups.every(group => /^[\da-f]{1,4}$/i.test(group))) return undefined
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}
