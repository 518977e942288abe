// Variables of what runs containers. Default: nothing is installed.
import { z } from 'tsplay'
import { absolutePath, sha256 } from './shapes.ts'

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

export const runtimeVars = {
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
        swapAccounting: z.boolean().default(false).describe('limits of containers count swap, from the next boot on'),
        ...daemonOptions,
      }),
      z.strictObject({
        from: z.literal('archive'),
        url: z.url().describe("docker's archive of programs"),
        sha256: sha256.describe('its checksum'),
        dir: absolutePath.default('/opt/k8s').describe('programs lie in its folder bin'),
        ...daemonOptions,
      }),
    ])
    .optional()
    .describe('docker on hosts that run containers; default: none'),
  criDockerd: z
    .strictObject({
      source: z
        .union([z.strictObject({ name: z.string().min(1) }), z.object({ url: z.url(), sha256 })])
        .default({ name: 'cri-dockerd' })
        .describe('a package of the repositories, or a file with its checksum'),
      pauseImage: z.string().min(1).describe("image of the container that holds a pod's network"),
    })
    .optional()
    .describe('what stands between docker and kubelets of 1.24 and later, on masters and nodes; default: none'),
}
