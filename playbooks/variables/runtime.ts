// Variables of what runs containers. Default: nothing is installed.
import { z } from 'tsplay'
import { plainPath } from '../plain-path.ts'
import { sha256 } from './shapes.ts'

const daemonOptions = {
  registryMirrors: z.array(z.url()).exactOptional().describe("mirrors of docker's registry"),
  insecureRegistries: z.array(z.string()).exactOptional().describe('registries whose certificates are not checked'),
  cgroupDriver: z
    .enum(['systemd', 'cgroupfs'])
    .exactOptional()
    .describe('who makes control groups; the kubelet uses the same'),
  logs: z
    .strictObject({ maxSize: z.string().regex(/^\d+[kmg]$/), maxFiles: z.int().positive() })
    .exactOptional()
    .describe("size of a container's log, such as 100m, and how many are kept"),
  liveRestore: z.boolean().exactOptional().describe('containers run on while the daemon is restarted'),
  maxConcurrentDownloads: z.int().positive().exactOptional().describe('layers pulled at the same time'),
  maxConcurrentUploads: z.int().positive().exactOptional().describe('layers pushed at the same time'),
  other: z.record(z.string(), z.unknown()).exactOptional().describe("any other option, by docker's name for it"),
}

const verified = z.union([sha256, z.literal('unverified')], {
  error: "expected a sha256 of 64 hex digits, or 'unverified' where anything is taken that comes",
})

const versionOf = (example: string) =>
  z.string().regex(/^\d+\.\d+\.\d+$/, { error: `expected a version, such as '${example}'` })

export const runtimeVars = {
  containerRuntime: z
    .enum(['docker', 'containerd'])
    .default('docker')
    .describe('what kubelets have run containers, on masters and nodes: docker as `docker` says, or containerd'),
  containerd: z
    .strictObject({
      package: z
        .enum(['containerd.io', 'containerd'])
        .default('containerd.io')
        .describe("docker's package of it, or Debian's"),
      version: versionOf('1.6.8').exactOptional().describe('kept at it; default: any that is there, else the newest'),
      cgroupDriver: z
        .enum(['systemd', 'cgroupfs'])
        .default('systemd')
        .describe('who makes control groups; the kubelet uses the same'),
      pauseImage: z
        .string()
        .min(1)
        .exactOptional()
        .describe("image of the container that holds a pod's network; default: containerd's own"),
    })
    .prefault({})
    .describe('containerd, where it is `containerRuntime`'),
  docker: z
    .discriminatedUnion('from', [
      z.strictObject({
        from: z.literal('package'),
        package: z.enum(['docker-ce', 'docker.io']).default('docker-ce').describe("docker's own packages, or Debian's"),
        version: z
          .string()
          .regex(/^\d+\.\d+\.\d+$/, { error: "expected a version as docker counts, such as '19.03.11'" })
          .exactOptional()
          .describe('kept at it; default: any that is there, else the newest'),
        swapAccounting: z
          .boolean()
          .default(false)
          .describe(
            'limits of containers count swap on Ubuntu, too, whose kernels have to be told so: from the next boot on',
          ),
        ...daemonOptions,
      }),
      z.strictObject({
        from: z.literal('archive'),
        url: z.url().describe("docker's archive of programs"),
        sha256: sha256.describe('its checksum'),
        dir: plainPath.default('/opt/k8s').describe('programs lie in its folder bin'),
        ...daemonOptions,
      }),
    ])
    .optional()
    .describe('docker on hosts that run containers; default: none'),
  criDockerd: z
    .strictObject({
      source: z
        .union(
          [
            z.strictObject({ name: z.string().min(1), version: z.string().min(1).exactOptional() }),
            z.strictObject({ url: z.url(), sha256: verified }),
            z.strictObject({
              release: versionOf('0.2.5'),
              mirror: z.url().exactOptional(),
              sha256: z.record(z.string(), verified).default({}),
            }),
          ],
          { error: 'expected { name } of a package, { url, sha256 } of a file, or { release, sha256: { file: … } }' },
        )
        .describe(
          "a package that the hosts' repositories have, a file with its checksum, or a release of its project with the checksum of each of its files that a host takes",
        ),
      pauseImage: z.string().min(1).describe("image of the container that holds a pod's network"),
    })
    .optional()
    .describe('what stands between docker and kubelets of 1.24 and later, on masters and nodes; default: none'),
}
