// Which TCP connections a host has, read from its kernel: how /proc/net/tcp writes addresses and states. Runs nothing.
import { isIP } from 'node:net'
import { compressedIPv6 } from '../../engine/compressed-ipv6.ts'

/** States of a connection, as Linux numbers them. */
export const connectionStates = {
  ESTABLISHED: '01',
  SYN_SENT: '02',
  SYN_RECV: '03',
  FIN_WAIT1: '04',
  FIN_WAIT2: '05',
  TIME_WAIT: '06',
} as const

export type ConnectionState = keyof typeof connectionStates

/** Whether it is an address and not a name. */
export const isAddress = (text: string): boolean => isIP(text) !== 0

/** An address as /proc/net/tcp and tcp6 may write it, on machines of either byte order. */
export function procAddresses(address: string): readonly string[] {
  if (isIP(address) === 4) {
    const bytes = address.split('.').map(Number)
    return orders(bytes).flatMap(([word]) => [
      word!,
      ...orders([0, 0, 0xff, 0xff]).map(([mapped]) => `${zeros}${mapped}${word}`),
    ])
  }
  return orders(bytesOf(address)).map((words) => words.join(''))
}

const zeros = '0'.repeat(16)

/** Words of four bytes in hex, the first byte first and last. */
const orders = (bytes: readonly number[]): readonly (readonly string[])[] =>
  [false, true].map((reversed) =>
    Array.from({ length: bytes.length / 4 }, (_, index) => {
      const word = bytes.slice(index * 4, index * 4 + 4)
      return (reversed ? word.reverse() : word).map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('')
    }),
  )

function bytesOf(address: string): readonly number[] {
  const [head = '', tail] = compressedIPv6(address.replace(/%.*/, '')).split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const all = tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right]
  return all.flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
