// Ansible's names for what looks at files and brings them: what their arguments become, and what is refused.
import { describe, expect, test } from 'vitest'
import { actionOf } from '../../../engine/cli/adhoc/action.ts'
import { isSecret } from '../../../engine/secret.ts'
import { asked } from './asked.ts'

const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

describe('Ansible’s words for transfers', () => {
  test.each<[string, string, unknown]>([
    ['stat', 'path=/etc/hosts get_mime=no follow=yes', ['stat', { path: '/etc/hosts', follow: true }]],
    ['stat', 'dest=/x checksum_algo=md5', ['stat', { path: '/x', checksum: 'md5' }]],
    ['ansible.builtin.stat', 'name=/x get_checksum=no', ['stat', { path: '/x', checksum: false }]],
    [
      'find',
      'paths=/var/log,/opt patterns=*.log,*.gz age=2d size=-10m recurse=yes file_type=any hidden=yes exclude=x*',
      [
        'find',
        {
          ...{ paths: ['/var/log', '/opt'], patterns: ['*.log', '*.gz'], olderThan: '2d', maxSize: '10m' },
          ...{ recurse: true, type: 'any', hidden: true, excludes: 'x*' },
        },
      ],
    ],
    [
      'find',
      "path=/x patterns='^a.*$' use_regex=yes age=-1h",
      ['find', { paths: '/x', regexp: '^a.*$', newerThan: '1h' }],
    ],
    ['slurp', 'src=/etc/hosts', ['slurp', { path: '/etc/hosts' }]],
    [
      'fetch',
      'src=/etc/hosts dest=out flat=yes fail_on_missing=no',
      ['fetch', { src: '/etc/hosts', dest: 'out', flat: true, failOnMissing: false }],
    ],
    ['tempfile', 'state=directory suffix=.d', ['tempfile', { state: 'directory', suffix: '.d' }]],
    [
      'get_url',
      `url=https://a.example/f dest=/opt/ checksum=sha256:${sha256} mode=0644 timeout=5 validate_certs=no force=yes use_proxy=no tmp_dest=/tmp`,
      [
        'getUrl',
        {
          ...{ url: 'https://a.example/f', dest: '/opt/', checksum: `sha256:${sha256}`, mode: '0644' },
          ...{ timeout: 5, validateCerts: false },
        },
      ],
    ],
    [
      'get_url',
      `url=http://a/f dest=/f force=yes headers='{"X-A": "b"}'`,
      ['getUrl', { url: 'http://a/f', dest: '/f', force: true, headers: { 'X-A': 'b' } }],
    ],
    [
      'uri',
      `url=http://a/ method=post body='{"a": 1}' body_format=json status_code=200,201 follow_redirects=no return_content=yes`,
      [
        'uri',
        {
          ...{ url: 'http://a/', method: 'POST', body: '{"a": 1}', bodyFormat: 'json' },
          ...{ statusCode: [200, 201], followRedirects: 'none' },
        },
      ],
    ],
    [
      'uri',
      'url=http://a/ body=a=b body_format=form-urlencoded method=PUT',
      ['uri', { url: 'http://a/', body: 'a=b', bodyFormat: 'form', method: 'PUT' }],
    ],
    ['unarchive', 'src=a.tgz dest=/opt copy=yes', ['unarchive', { src: 'a.tgz', dest: '/opt', remoteSrc: false }]],
    [
      'unarchive',
      'src=/a.tgz dest=/opt copy=no list_files=yes keep_newer=yes include=a,b exclude=c strip_components=1',
      [
        'unarchive',
        {
          ...{ src: '/a.tgz', dest: '/opt', remoteSrc: true, listFiles: true, keepNewer: true },
          ...{ include: ['a', 'b'], exclude: ['c'], stripComponents: 1 },
        },
      ],
    ],
    [
      'archive',
      'path=/etc/a,/etc/b dest=/x.gz',
      ['archive', { paths: ['/etc/a', '/etc/b'], dest: '/x.gz', format: 'gz' }],
    ],
    [
      'archive',
      'path=/etc/a dest=/x.zip exclusion_patterns=*.o',
      ['archive', { paths: '/etc/a', dest: '/x.zip', exclude: ['*.o'] }],
    ],
    [
      'synchronize',
      'src=site/ dest=/srv/site delete=yes archive=yes',
      ['synchronize', { src: 'site/', dest: '/srv/site', delete: true }],
    ],
    [
      'ansible.posix.synchronize',
      'mode=pull src=/srv/x dest=out',
      ['synchronize', { direction: 'pull', src: '/srv/x', dest: 'out' }],
    ],
  ])('%s %s', (module, args, expected) => {
    expect(asked(module, args)).toEqual(expected)
  })

  test.each<[string, string, string]>([
    ['find', 'paths=/x age_stamp=atime', "find: 'age_stamp': the age is that of the content"],
    ['find', 'paths=/x contains=a read_whole_file=yes', "find: 'read_whole_file': a line is looked at by itself"],
    ['fetch', 'src=/x dest=y validate_checksum=no', "fetch: 'validate_checksum': what arrives is always summed again"],
    ['get_url', 'url=http://a/f dest=/f client_cert=/c.pem', "get_url: 'client_cert': curl decides it"],
    ['get_url', 'url=http://a/f dest=/f setype=x', "get_url: 'setype': SELinux labels are not set by tsplay"],
    ['uri', 'url=http://a/ dest=/f', "uri: 'dest': what comes back is shown"],
    ['uri', 'url=http://a/ body=x body_format=form-multipart', "uri: 'body_format': forms with files are not sent"],
    ['unarchive', 'src=https://a/b.tgz dest=/opt remote_src=yes', "unarchive: 'src': an archive is downloaded first"],
    [
      'unarchive',
      'src=a.tgz dest=/opt extra_opts=--x',
      "unarchive: 'extra_opts': tar and unzip get no options of yours",
    ],
    ['archive', 'path=/etc/a', "archive: 'dest' is needed"],
    ['archive', 'path=/etc/a dest=/x.tgz remove=yes', "archive: 'remove': what was packed stays"],
    ['synchronize', 'src=a dest=/b rsync_opts=--x', "synchronize: 'rsync_opts': there is no rsync"],
    ['synchronize', 'src=a dest=/b copy_links=yes', "synchronize: 'copy_links': links stay links"],
  ])('%s %s is refused', (module, args, message) => {
    expect(asked(module, args)).toContain(message)
  })

  test('a password of the command line is a secret', () => {
    const [, params] = asked('get_url', 'url=http://a/f dest=/f url_username=me url_password=hush') as [
      string,
      { password: unknown },
    ]
    expect(isSecret(params.password) || params.password === 'hush').toBe(true)
  })

  test('what looks says what it has found', () => {
    const said = (module: string, args: string, actual: object): unknown => {
      const { module: found, params } = actionOf({ module, args, words: [] })
      return (found.result!(params, actual) as { message?: string }).message
    }
    expect(said('stat', 'path=/x', { found: { exists: false } })).toBe('{\n  "exists": false\n}')
    expect(said('find', 'paths=/x', { files: [{ path: '/x/a' }, { path: '/x/b' }], skipped: [] })).toBe('/x/a\n/x/b')
    expect(said('slurp', 'src=/x', { bytes: Buffer.from('text\n'), sha256: '' })).toBe('text\n')
    expect(said('slurp', 'src=/x', { bytes: Buffer.from([0xff, 0xfe]), sha256: '' })).toContain(
      '2 bytes that are no text',
    )
    const response = { status: 200, headers: {}, url: '', content: 'abc' }
    expect(said('uri', 'url=http://a/', { done: true, response })).toBe('status 200\nabc')
    expect(said('uri', 'url=http://a/ return_content=no', { done: true, response })).toBe('status 200')
  })
})
