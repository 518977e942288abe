// release: programs of a release archive, downloaded by the host, each release in a folder of its own. Knows nothing of etcd.
import { defineModule, probe, sh, will, z } from 'tsplay'

/** Parameters of `release`. */
export interface ReleaseParams {
  type?: 'url'
  /** A .tar.gz with the programs in its top folder; whatever curl can fetch. */
  url: string
  /** Checksum of the archive, 64 hex digits. Nothing of an archive with another one reaches the folder. */
  sha256: string
  /** Absolute path of the folder. The release goes to `releases/<sha256>` in it, and `bin` gets links to its programs. */
  dir: string
  /** Names of the programs. */
  programs: string[]
}

/** Where each program's link leads; null where there is none, or nothing it leads to. */
export interface ReleaseState {
  readonly programs: Readonly<Record<string, string | null>>
}

/** The programs in `bin` are those of this release. Older releases stay on the host, to go back to without a download. */
export const release = defineModule<ReleaseParams, ReleaseState>({
  name: 'release',
  params: z.strictObject({
    type: z.literal('url').optional(),
    url: z.url(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'a sha256 is 64 hex digits, in lower case' }),
    dir: z.string().startsWith('/', { error: 'expected an absolute path' }),
    programs: z.array(z.string().regex(/^[\w-][\w.-]*$/, { error: 'expected the name of a program' })).min(1),
  }),
  subject: ({ url }) => url.slice(url.lastIndexOf('/') + 1),
  probe: (params) =>
    probe.map(
      probe.all(
        Object.fromEntries(
          params.programs.map((name) => [
            name,
            probe.all({ link: probe.link(linkOf(params, name)), file: probe.stat(programOf(params, name)) }),
          ]),
        ),
      ),
      (found) => ({
        programs: Object.fromEntries(
          Object.entries(found).map(([name, { link, file }]) => {
            const broken = link === programOf(params, name) && file?.type !== 'file'
            return [name, broken ? null : link]
          }),
        ),
      }),
    ),
  desired: (params) => ({
    programs: Object.fromEntries(params.programs.map((name) => [name, programOf(params, name)])),
  }),
  apply(params, { from }) {
    const { url, sha256, programs } = params
    const folder = folderOf(params)
    const links = programs.filter((name) => from.programs[name] !== programOf(params, name))
    // a folder under its final name is complete: it gets there by one rename
    return sh`releases=${`${params.dir}/releases`} folder=${folder} url=${url}
has_all() { for name in ${programs}; do [ -f "$1/$name" ] || { printf 'there is no %s in %s\n' "$name" "$url" >&2; return 1; }; done; }
if ! has_all "$folder" 2>/dev/null; then
  mkdir -p -- "$releases" ${`${params.dir}/bin`} || exit 1
  new=$(mktemp -d "$releases/.new.XXXXXX") || exit 1
  trap 'rm -rf -- "$new"' EXIT
  curl -fsSL --retry 3 --connect-timeout 20 -o "$new/archive" -- "$url" || exit 1
  printf '%s  %s\n' ${sha256} "$new/archive" | sha256sum -c >/dev/null || { printf '%s has another checksum: %s\n' "$url" "$(sha256sum < "$new/archive")" >&2; exit 1; }
  mkdir -- "$new/content" || exit 1
  tar -xzf "$new/archive" -C "$new/content" --strip-components=1 --no-same-owner || exit 1
  has_all "$new/content" || exit 1
  (cd -- "$new/content" && chmod 0755 -- . ${programs}) || exit 1
  rm -rf -- "$folder" && mv -- "$new/content" "$folder" || exit 1
fi
${sh.join(links.map((name) => sh`ln -s -- ${programOf(params, name)} ${`${linkOf(params, name)}.new`}.$$ && mv -f -T -- ${`${linkOf(params, name)}.new`}.$$ ${linkOf(params, name)} || exit 1`))}`
  },
  touches: ({ dir }) => [`file:${dir}`],
  predict: (params) =>
    params.programs.flatMap((name) => [
      will.be(programOf(params, name), { type: 'file', mode: '0755' }),
      will.be(linkOf(params, name), { type: 'link', target: programOf(params, name) }),
    ]),
})

const folderOf = ({ dir, sha256 }: ReleaseParams): string => `${dir}/releases/${sha256}`

const programOf = (params: ReleaseParams, name: string): string => `${folderOf(params)}/${name}`

const linkOf = ({ dir }: ReleaseParams, name: string): string => `${dir}/bin/${name}`
