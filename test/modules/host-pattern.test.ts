import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { hostPattern } from '../../modules/common/host-pattern.ts'
import { regExp } from '../../modules/common/patterns.ts'

const greps = [['grep'], ['busybox', 'grep']].filter(([file]) => spawnSync(file!, ['--help']).status === 0)

const lines = [
  'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3',
  'ready to accept connections on port 5432',
  'READY',
  'a{b} [x] ^top$ \\ / - ]',
  '\ttab and  blanks ',
  'unready',
  '',
]

describe('hostPattern', () => {
  it.each([
    'OpenSSH_\\d+\\.\\d',
    '^SSH-2\\.0-',
    '(?:accept|refuse) connections',
    '\\bready\\b',
    '(?i)\\bready\\b',
    /^ready$/i,
    'port [0-9]{2,4}$',
    'port \\d{5,}',
    'a{b}',
    '\\[x\\]',
    '[\\]x]',
    '[\\^t]op',
    '[^\\w\\s]top',
    '[\\w.-]+@',
    '[\\s-]blanks',
    '\\\\ \\/',
    '[\\\\] ',
    '[^^]top',
    '[\\^]top',
    '[\\^\\-]top',
    '\\ttab',
    '^\\s*$',
    '(?<word>un)?ready',
    'a.*?b',
    '\\Sready',
    '\\D\\d\\d\\d\\d',
  ])('finds in lines what %s finds in JavaScript, with every grep here', (pattern) => {
    const { extended, ignoreCase } = hostPattern(pattern)
    const wanted = lines.filter((line) => regExp(pattern).test(line))
    for (const [file, ...args] of greps) {
      const { stdout } = spawnSync(file!, [...args, ...(ignoreCase ? ['-i'] : []), '-E', '-e', extended], {
        input: `${lines.join('\n')}\n`,
      })
      const found = stdout.toString().split('\n').slice(0, -1)
      expect(found, `${file} -E '${extended}'`).toEqual(wanted)
    }
  })

  it.each(['a(?=b)', '(?<!a)b', '(a)\\1', '(?<x>a)\\k<x>', 'a\\nb', '[\\n]', '[\\D]'])('refuses %s', (pattern) => {
    expect(() => hostPattern(pattern)).toThrow(/grep -E/)
  })
})
