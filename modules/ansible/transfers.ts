// Ansible's modules that look at files and bring them: stat, find, slurp, fetch, tempfile, get_url, uri, unarchive, archive, synchronize.
import { TsplayError } from '../../engine/error.ts'
import { find } from '../find.ts'
import { type SlurpResult, slurp } from '../slurp.ts'
import { stat } from '../stat.ts'
import { tempfile } from '../tempfile.ts'
import { type UriResult, uriModule } from '../uri.ts'
import { asJson, shown } from './shown.ts'
import { type Args, fileParams, refusedParam, type Translation, type Wish } from './translation.ts'
import { booleanOf } from './yes-no.ts'

const statusOf = ({ status }: UriResult): string | undefined => (status === 0 ? undefined : `status ${status}`)

const contentOf = (result: UriResult): string | undefined =>
  [statusOf(result), result.content].filter((each) => each !== undefined && each !== '').join('\n') || undefined

const curl = refusedParam('curl decides it', "-m command -a 'curl …'")

/** What only Python's own http client has a use for. */
const httpParams: Pick<Translation, 'ignored' | 'refused'> = {
  ignored: ['decompress', 'force_basic_auth', 'use_proxy', 'use_netrc', 'http_agent', 'unsafe_writes'],
  refused: {
    ...fileParams.refused,
    ciphers: curl,
    use_gssapi: curl,
    unredirected_headers: refusedParam('no header goes to another host', 'leave it out', '[]'),
  },
}

export const transfers: readonly Translation[] = [
  {
    names: ['stat'],
    module: shown(stat.module, asJson),
    renamed: { dest: 'path', name: 'path', checksum_algorithm: 'checksum', checksum_algo: 'checksum' },
    ignored: ['get_mime', 'mime', 'mime_type', 'mime-type', 'get_attributes', 'attr', 'attributes'],
    adapt: ({ get_checksum, ...args }) => ({
      module: shown(stat.module, asJson),
      args: { ...args, ...(booleanOf(get_checksum) === false && { checksum: false }) },
    }),
  },
  {
    names: ['find'],
    module: 'find',
    renamed: { path: 'paths', name: 'paths', pattern: 'patterns', exclude: 'excludes', file_type: 'type' },
    refused: {
      age_stamp: refusedParam('the age is that of the content', "-m command -a 'find PATH -atime …'", 'mtime'),
      read_whole_file: refusedParam('a line is looked at by itself', "-m command -a 'grep -rlzP PATTERN PATH'"),
    },
    adapt: findOf,
  },
  {
    names: ['slurp'],
    module: shown(slurp.module, textOf),
    renamed: { src: 'path' },
  },
  {
    names: ['fetch'],
    module: 'fetch',
    refused: {
      validate_checksum: refusedParam('what arrives is always summed again', 'leave it out', 'yes', 'true', 'True'),
    },
  },
  { names: ['tempfile'], module: shown(tempfile.module, ({ path }: { path: string }) => path || undefined) },
  {
    names: ['get_url'],
    module: 'getUrl',
    renamed: { url_username: 'user', username: 'user', url_password: 'password' },
    ignored: [...httpParams.ignored!, 'tmp_dest'],
    refused: { ...httpParams.refused, client_cert: curl, client_key: curl },
    // with a digest Ansible's force changes nothing: a file that is right stays
    adapt: ({ force, ...args }) => ({
      module: 'getUrl',
      args: { ...args, ...(force !== undefined && args.checksum === undefined && { force }) },
    }),
  },
  {
    names: ['uri'],
    module: shown(uriModule({}), contentOf),
    renamed: { url_username: 'user', url_password: 'password' },
    values: {
      body_format: { 'form-urlencoded': 'form' },
      follow_redirects: { no: 'none', urllib2: 'safe', yes: 'all' },
    },
    ignored: [...httpParams.ignored!, 'remote_src'],
    refused: {
      ...httpParams.refused,
      dest: refusedParam('what comes back is shown', '-m get_url writes it to a file'),
      src: refusedParam('the body is given', "body='…', or -m command -a 'curl -T FILE URL'"),
      force: refusedParam('nothing is taken from a cache', 'leave it out', 'yes', 'no'),
      mode: refusedParam('nothing is written', '-m get_url writes a file'),
      owner: refusedParam('nothing is written', '-m get_url writes a file'),
      group: refusedParam('nothing is written', '-m get_url writes a file'),
    },
    adapt: uriOf,
  },
  {
    names: ['unarchive'],
    module: 'unarchive',
    ignored: [...fileParams.ignored!, 'io_buffer_size', 'decrypt', 'validate_certs'],
    refused: {
      ...fileParams.refused,
      extra_opts: refusedParam(
        'tar and unzip get no options of yours',
        'strip_components=1, include=… and exclude=… say what is unpacked',
        '[]',
      ),
    },
    adapt: unarchiveOf,
  },
  {
    names: ['archive'],
    module: 'archive',
    renamed: { path: 'paths' },
    ignored: fileParams.ignored!,
    refused: {
      ...fileParams.refused,
      remove: refusedParam('what was packed stays', "-m file -a 'path=PATH state=absent' behind it"),
      force_archive: refusedParam('a single file is packed like a folder', 'leave it out', 'yes', 'no'),
    },
    adapt: archiveOf,
  },
  {
    names: ['synchronize'],
    module: 'synchronize',
    values: { direction: { push: 'push', pull: 'pull' } },
    ignored: [
      ...[
        'archive',
        'checksum',
        'compress',
        'partial',
        'recursive',
        'private_key',
        'dest_port',
        'ssh_args',
        'ssh_connection_multiplexing',
      ],
      ...[
        'verify_host',
        'set_remote_user',
        'use_ssh_args',
        '_ssh_args',
        '_local_rsync_path',
        '_local_rsync_password',
        'rsync_path',
      ],
      ...['rsync_timeout', 'links', 'perms', 'delay_updates', 'dirs', '_substitute_controller'],
    ],
    refused: {
      rsync_opts: refusedParam(
        'there is no rsync',
        "exclude=… leaves out, delete=yes removes; or -m command -a 'rsync …'",
        '[]',
      ),
      copy_links: refusedParam('links stay links', '-m copy follows those that a single file is behind'),
      existing_only: refusedParam('what is missing is made', "-m command -a 'rsync --existing …'"),
      link_dest: refusedParam('there is no rsync', "-m command -a 'rsync --link-dest …'", '[]'),
      times: refusedParam('files are compared by their content', 'leave it out', 'yes', 'no'),
      owner: refusedParam(
        'files belong to whoever writes them',
        "-m copy -a 'src=folder/ dest=PATH owner=NAME'",
        'yes',
        'no',
      ),
      group: refusedParam(
        'files belong to whoever writes them',
        "-m copy -a 'src=folder/ dest=PATH group=NAME'",
        'yes',
        'no',
      ),
    },
    adapt: ({ mode, ...args }) => ({
      module: 'synchronize',
      args: { ...args, ...(mode !== undefined && { direction: mode }) },
    }),
  },
]

/** An age or a size below nothing is one at most. */
function findOf({ use_regex, age, size, ...args }: Args): Wish {
  const limit = (value: unknown, least: string, most: string): Args => {
    if (value === undefined) return {}
    const text = String(value).trim()
    return text.startsWith('-') ? { [most]: text.slice(1) } : { [least]: text }
  }
  const { patterns, ...rest } = args
  const named = patterns === undefined ? {} : booleanOf(use_regex) ? { regexp: anyOf(patterns) } : { patterns }
  return {
    module: shown(find.module, ({ files }: { files: readonly { path: string }[] }) =>
      files.map(({ path }) => path).join('\n'),
    ),
    args: { ...rest, ...named, ...limit(age, 'olderThan', 'newerThan'), ...limit(size, 'minSize', 'maxSize') },
  }
}

const anyOf = (patterns: unknown): string =>
  Array.isArray(patterns) ? patterns.map((each) => `(?:${String(each)})`).join('|') : String(patterns)

function textOf({ text, bytes }: SlurpResult): string {
  return text ?? `${bytes.length} bytes that are no text; -m fetch brings them`
}

function uriOf({ return_content, status_code, ...args }: Args): Wish {
  if (args.body_format === 'form-multipart')
    throw new TsplayError("uri: 'body_format': forms with files are not sent", {
      hint: "-m command -a 'curl -F name=@FILE URL'",
    })
  const method = typeof args.method === 'string' ? args.method : 'GET'
  const keeps = return_content === undefined || booleanOf(return_content) !== false
  return {
    module: shown(uriModule({ method }), keeps ? contentOf : statusOf),
    args: { ...args, ...statusCodes(status_code) },
  }
}

/** Numbers by commas are a list of them. */
function statusCodes(given: unknown): Args {
  if (given === undefined) return {}
  const several = typeof given === 'string' && /^\s*\d+(\s*,\s*\d+)*\s*$/.test(given)
  return { statusCode: several ? given.split(',').map(Number) : given }
}

function unarchiveOf({ copy, remote_src, ...args }: Args): Wish {
  if (/^(https?|ftp):/.test(String(args.src)))
    throw new TsplayError("unarchive: 'src': an archive is downloaded first", {
      hint: `-m get_url -a 'url=${args.src} dest=PATH'`,
    })
  // its old name for the opposite
  const remote = remote_src ?? (copy === undefined ? undefined : booleanOf(copy) === false)
  return { module: 'unarchive', args: { ...args, ...(remote !== undefined && { remoteSrc: remote }) } }
}

function archiveOf({ exclude_path, exclusion_patterns, ...args }: Args): Wish {
  if (exclude_path !== undefined)
    throw new TsplayError("archive: 'exclude_path': what is left out is said by paths in the archive", {
      hint: 'exclude=NAME, where NAME is below the path that is packed',
    })
  if (args.dest === undefined)
    throw new TsplayError("archive: 'dest' is needed: nothing else says what the archive is called", {
      hint: 'dest=/path/name.tar.gz',
    })
  const exclude = exclusion_patterns ?? args.exclude
  const named = /\.(zip|tar|tgz|txz|tbz2?|tzst|tar\.\w+)$/.test(String(args.dest))
  return {
    module: 'archive',
    args: {
      ...args,
      ...(exclude !== undefined && { exclude }),
      ...(args.format === undefined && !named && { format: 'gz' }),
    },
  }
}
