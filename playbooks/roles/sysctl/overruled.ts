// overruled: files of kernel parameters that are applied behind another, and would undo at the next boot what that one says.
import { type Content, contentOf, defineModule, probe, sh, TaskFailure, will, z } from 'tsplay'

export interface OverruledParams {
  /** The file whose values are to last, in /etc/sysctl.d. */
  file: string
  values: Record<string, string | number>
}

/** Texts by path: of those files that say otherwise. */
type Found = Readonly<Record<string, Content>>

/**
 * No line of a file that is applied later gives one of the keys another value: such lines of /etc/sysctl.conf and /etc/sysctl.d
 * are commented out. Other lines stay, and so do patterns (`net.ipv4.conf.*.rp_filter`), which give way to a key that is named.
 * What packages bring is not theirs to be edited; there, it is a failure that says who wins.
 */
export const overruled = defineModule<OverruledParams, Found>({
  name: 'overruled',
  params: z.strictObject({
    file: z.string().regex(/^\/etc\/sysctl\.d\/[^/]+\.conf$/, {
      error: 'expected a file that is read at boot, such as /etc/sysctl.d/99-k8s.conf',
    }),
    values: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  subject: ({ file }) => file,
  probe: (params) =>
    probe.map(
      probe.all({
        main: probe.file(main),
        link: probe.link(linkToMain),
        folders: probe.all(folders.map((folder) => probe.tree(folder, { files: 'contents' }))),
      }),
      ({ main: own, link, folders: trees }) => {
        const files = laterThan(
          params.file,
          trees.map((tree) => tree ?? {}),
        )
        if (link?.endsWith('/sysctl.conf')) files.delete(linkToMain)
        if (own?.content) files.set(main, own.content)
        return Object.fromEntries(
          [...files].flatMap(([path, bytes]): [string, Content][] => {
            const text = textOf(bytes)
            return withoutOthers(text, params.values) === text ? [] : [[path, contentOf(bytes)]]
          }),
        )
      },
    ),
  desired({ file, values }, found) {
    for (const [path, content] of Object.entries(found))
      if (!path.startsWith('/etc/')) {
        const line = textOf(content.bytes!)
          .split('\n')
          .find((each) => saysOtherwise(each, values))!
        throw new TaskFailure(
          `${path} is applied behind ${file}, and undoes it: ${line.trim()}`,
          `give the file a later name (sysctlFile), the parameter that value, or leave it alone (null); an empty ${folders[0]}/${path.split('/').at(-1)} turns the other file off`,
        )
      }
    return Object.fromEntries(
      Object.entries(found).map(([path, { bytes }]) => [path, bytesOf(withoutOthers(textOf(bytes!), values))]),
    )
  },
  // a link stays one, and a file that has two names is written once: its second name finds it as it is to be
  apply: (_params, { from, to }) =>
    sh.join(
      Object.entries(to ?? {}).map(
        ([path, content]) => sh`(
_d=$(readlink -f -- ${path}) || exit 1
_t=\${_d%/*}/.\${_d##*/}.tsplay.$$
trap 'rm -f -- "$_t"' EXIT
trap 'exit 143' HUP INT TERM
cp -p -- "$_d" "$_t" && ${content!} > "$_t" || exit 1
case $(sha256sum < "$_d") in
${content!.sha256}*) exit 0 ;;
${from[path]!.sha256}*) mv -f -- "$_t" "$_d" ;;
*) printf '%s changed after it was read\n' ${path} >&2; exit 1 ;;
esac
) || exit 1`,
      ),
    ),
  touches: () => [main, ...folders].map((path) => `file:${path}`),
  predict: (_params, { to }) =>
    Object.entries(to ?? {}).map(([path, content]) =>
      will.be(path, { type: 'file', content: content!, follows: true }),
    ),
})

/** `sysctl --system` applies it behind all others; at boot it is read by a link to it. */
const main = '/etc/sysctl.conf'
const linkToMain = '/etc/sysctl.d/99-sysctl.conf'

/** A file in one of them hides those of its name in the next. */
const folders = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d']

/** Files that are read at boot behind this one, which is by their names, whatever folder they lie in. */
function laterThan(
  file: string,
  trees: readonly Readonly<Record<string, { readonly content?: Uint8Array }>>[],
): Map<string, Uint8Array> {
  const own = file.slice(file.lastIndexOf('/') + 1)
  const seen = new Set<string>()
  const found = new Map<string, Uint8Array>()
  for (const [index, tree] of trees.entries())
    for (const [name, { content }] of Object.entries(tree)) {
      if (!name.endsWith('.conf') || seen.has(name)) continue
      seen.add(name)
      if (content && name > own) found.set(`${folders[index]}/${name}`, content)
    }
  return found
}

/** The text with lines that say otherwise commented out. */
export const withoutOthers = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text
    .split('\n')
    .map((line) => (saysOtherwise(line, values) ? `# ${line}` : line))
    .join('\n')

function saysOtherwise(line: string, values: Readonly<Record<string, string | number>>): boolean {
  const [, key, value] = /^\s*-?\s*([^\s#;=-][^=]*?)\s*=(.*)$/s.exec(line) ?? []
  if (key === undefined) return false
  const wanted = Object.entries(values).find(([own]) => dotted(own) === dotted(key))?.[1]
  return wanted !== undefined && plain(value!) !== plain(String(wanted))
}

/** `net/ipv4/conf/eth0.100/forwarding` and `net.ipv4.conf.eth0/100.forwarding` are one key. */
const dotted = (key: string): string =>
  /[./]/.exec(key)?.[0] === '/' ? key.replace(/[./]/g, (each) => (each === '/' ? '.' : '/')) : key

const plain = (value: string): string => value.trim().replace(/\s+/g, ' ')

// whatever bytes remarks are made of, they stay
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

const bytesOf = (text: string): Content => contentOf(Buffer.from(text, 'latin1'))
