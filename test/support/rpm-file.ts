// An rpm file of nothing but what a package says of itself: enough for whoever reads its name and version.

export interface RpmTags {
  readonly name?: string
  readonly version?: string
  readonly release?: string
  readonly epoch?: number
}

export function rpmFile({ name, version, release, epoch }: RpmTags, { source = false } = {}): Buffer {
  const lead = Buffer.alloc(96)
  lead.writeUInt32BE(0xedabeedb, 0)
  lead[4] = 3
  lead.writeUInt16BE(source ? 1 : 0, 6)
  const texts = [
    [1000, name],
    [1001, version],
    [1002, release],
  ] as const
  const entries: [tag: number, type: number, data: Buffer][] = texts.flatMap(([tag, text]) =>
    text === undefined ? [] : [[tag, 6, Buffer.from(`${text}\0`)] as [number, number, Buffer]],
  )
  if (epoch !== undefined) {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(epoch)
    entries.push([1003, 4, number])
  }
  // a signature of an odd length, so that padding matters
  const signature = header([[1000, 6, Buffer.from('abc\0'.padEnd(9, '\0'))]])
  return Buffer.concat([lead, signature, Buffer.alloc((8 - ((96 + signature.length) % 8)) % 8), header(entries)])
}

function header(entries: readonly [tag: number, type: number, data: Buffer][]): Buffer {
  const store = Buffer.concat(entries.map(([, , data]) => data))
  const intro = Buffer.alloc(16)
  intro.writeUInt32BE(0x8eade801, 0)
  intro.writeUInt32BE(entries.length, 8)
  intro.writeUInt32BE(store.length, 12)
  let offset = 0
  const index = entries.map(([tag, type, data]) => {
    const entry = Buffer.alloc(16)
    for (const [at, value] of [tag, type, offset, 1].entries()) entry.writeUInt32BE(value, 4 * at)
    offset += data.length
    return entry
  })
  return Buffer.concat([intro, ...index, store])
}
