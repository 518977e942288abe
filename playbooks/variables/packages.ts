// Variables of where packages come from. Default: whatever hosts have already.
import { z } from 'tsplay'

const mirror = z.url({ error: 'expected an address, such as https://mirror.example.org/centos' })

export const repositoryVars = {
  repositories: z
    .strictObject({
      distribution: z
        .union(
          [
            mirror,
            z.strictObject({
              mirror,
              release: z
                .string()
                .regex(/^[\w.-]+$/)
                .describe('what a release that has ended is called there: 7.9.2009'),
            }),
          ],
          {
            error: 'expected an address, such as https://mirror.example.org/centos, or one with the name of a release',
          },
        )
        .exactOptional()
        .describe("mirror of the distribution itself, in place of the vendor's; ended releases need an archive's"),
      epel: z
        .union([z.literal(true), mirror])
        .exactOptional()
        .describe('EPEL, for the RHEL family; true: its own site, of release 7 its archive'),
      docker: z
        .union([z.literal(true), mirror])
        .exactOptional()
        .describe("docker's packages; true: docker's own site"),
      kubernetes: z
        .strictObject({
          baseurl: z.union([mirror, z.array(mirror).min(1)]).exactOptional(),
          gpgkey: z.union([mirror, z.array(mirror).min(1)]).exactOptional(),
          repoGpgcheck: z
            .boolean()
            .exactOptional()
            .describe('yum looks at the signature of the metadata, too; default: at those of packages'),
        })
        .exactOptional()
        .describe("kubelet, kubeadm and kubectl; default place: the project's own, which has 1.24 and later"),
    })
    .prefault({})
    .describe('repositories that hosts get; those that are not named stay as they are'),
  upgradePackages: z
    .boolean()
    .default(false)
    .describe('every package of every host at its newest version, kernels and docker as well unless they are kept'),
}
