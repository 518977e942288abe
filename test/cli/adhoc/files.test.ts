// Ansible's names for the modules for files: what their arguments become, and what is refused.
import { describe, expect, test } from 'vitest'
import { asked } from './asked.ts'

const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

describe('Ansible’s words for files', () => {
  test.each<[string, string, unknown]>([
    [
      'copy',
      `src=/etc/a dest=/srv/new/ remote_src=yes directory_mode=0750 mode=preserve checksum=${sha256} decrypt=no`,
      [
        'copy',
        {
          src: '/etc/a',
          dest: '/srv/new/',
          remoteSrc: true,
          directoryMode: '0750',
          mode: 'preserve',
          checksum: sha256,
        },
      ],
    ],
    [
      'template',
      "src=a.ejs dest=/x newline_sequence='\\\\r\\\\n' output_encoding=latin-1",
      ['template', { src: 'a.ejs', dest: '/x', newlineSequence: '\r\n', outputEncoding: 'latin1' }],
    ],
    [
      'file',
      'path=/srv state=directory recurse=yes mode=u=rwX,g=rX owner=web',
      ['directory', { path: '/srv', recurse: true, mode: 'u=rwX,g=rX', owner: 'web' }],
    ],
    ['file', 'path=/srv recurse=yes', ['directory', { path: '/srv' }]],
    [
      'file',
      'path=/srv state=touch access_time=preserve modification_time=2026-01-31T12:00:00Z access_time_format=%Y%m%d%H%M.%S',
      ['file', { path: '/srv', state: 'touch', accessTime: 'preserve', modificationTime: '2026-01-31T12:00:00Z' }],
    ],
    ['file', 'path=/srv state=directory modification_time=preserve', ['directory', { path: '/srv' }]],
    ['file', 'path=/l src=/f state=hard force=yes', ['link', { path: '/l', target: '/f', hard: true, force: true }]],
    [
      'assemble',
      "src=/etc/d dest=/etc/f delimiter='#\\\\n' regexp=^a ignore_hidden=yes remote_src=yes validate='test -s %s'",
      [
        'assemble',
        {
          src: '/etc/d',
          dest: '/etc/f',
          delimiter: '#\n',
          regexp: '^a',
          ignoreHidden: true,
          remoteSrc: true,
          validate: 'test -s %s',
        },
      ],
    ],
    [
      'blockinfile',
      'path=/f block=a marker_begin=< marker_end=> append_newline=yes prepend_newline=no',
      [
        'blockInFile',
        {
          path: '/f',
          block: 'a',
          marker: '# {mark} ANSIBLE MANAGED BLOCK',
          markerBegin: '<',
          markerEnd: '>',
          appendNewline: true,
          prependNewline: false,
        },
      ],
    ],
    [
      'community.general.ini_file',
      'dest=/f section=s option=o value=5 no_extra_spaces=yes allow_no_value=no exclusive=yes',
      ['iniFile', { path: '/f', section: 's', option: 'o', value: '5', noExtraSpaces: true, exclusive: true }],
    ],
    [
      'ini_file',
      "path=/f section='' option=o allow_no_value=yes",
      ['iniFile', { path: '/f', option: 'o', allowNoValue: true }],
    ],
    [
      'ini_file',
      'path=/f section=s option=o values=1,2 state=absent exclusive=no modify_inactive_option=no ignore_spaces=yes create=no',
      [
        'iniFile',
        {
          path: '/f',
          section: 's',
          option: 'o',
          values: ['1', '2'],
          state: 'absent',
          exclusive: false,
          modifyInactiveOption: false,
          ignoreSpaces: true,
          create: false,
        },
      ],
    ],
  ])('-m %s -a %j', (module, args, expected) => {
    expect(asked(module, args)).toEqual(expected)
  })
})

describe('what is refused of them', () => {
  test.each<[string, string, string]>([
    [
      'copy',
      `src=a dest=/x checksum=${sha256.slice(0, 40)}`,
      "copy: 'checksum': a sha1 is not taken\n  hint: give the sha256",
    ],
    ['copy', 'src=a dest=/x attributes=+i', "copy: 'attributes': chattr flags are not set by tsplay"],
    [
      'file',
      'path=/x state=touch modification_time=202601311200.00',
      "file: 'modification_time': '202601311200.00' says no zone",
    ],
    ['file', 'path=/x state=touch access_time_format=%s', "file: 'access_time_format': a time is written out"],
    ['file', 'path=/x state=directory modification_time=now', "file: 'modification_time': state is 'directory'"],
    ['file', 'path=/x state=touch recurse=yes', "file: 'recurse': only a directory"],
    ['template', 'src=a.ejs dest=/x trim_blocks=yes', "template: 'trim_blocks': templates are EJS"],
    ['template', 'src=a.ejs dest=/x output_encoding=koi8', "template: parameter 'outputEncoding'"],
    [
      'ini_file',
      'path=/x section=s option=o value=1 section_has_values=[]',
      "ini_file: 'section_has_values': of several",
    ],
    ['ini_file', 'path=/x section=s option=o value=1 follow=no', "ini_file: 'follow'"],
  ])('-m %s -a %j', (module, args, message) => {
    const found = asked(module, args)
    expect(typeof found === 'string' ? found.slice(0, message.length) : found).toBe(message)
  })
})
