// Two packaged kernels of this machine's own release: what an upgrade starts from, and what it leads to. Installs nothing.
import { attempt } from '../../engine/lab/command.ts'

/** A kernel as apt knows it. */
export interface PackagedKernel {
  /** `linux-image-6.1.0-50-cloud-amd64`. */
  readonly package: string
  /** The package's version: `6.1.176-1`. */
  readonly version: string
  /** What `uname -r` says when it runs: `6.1.0-50-cloud-amd64`. */
  readonly release: string
}

// for virtual machines: a fifth of the modules, so that emulated processors are done with its initramfs in bearable time
const meta = 'linux-image-cloud-amd64'

/**
 * The oldest and the newest kernel that the machine's package lists offer: the suites `main` and `security` differ, except
 * right after a point release. Undefined where they offer fewer than two.
 */
export async function packagedKernels(): Promise<{ older: PackagedKernel; newer: PackagedKernel } | undefined> {
  const { stdout } = await attempt(['apt-cache', 'show', meta])
  // apt tells the newest first
  const offered = stdout.split(/\n\n+/).flatMap((stanza): PackagedKernel[] => {
    const [, name, release, version] = /^Depends:.*\b(linux-image-(\d[^ ]*)) \(= ([^)]+)\)/m.exec(stanza) ?? []
    return name && release && version ? [{ package: name, release, version }] : []
  })
  const newer = offered[0]
  const older = offered.findLast(({ release }) => release !== newer?.release)
  return newer && older && { older, newer }
}
