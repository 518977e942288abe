// Networks of IPv4 and IPv6: what goes together, and what a release takes. Asks no host.
import type { Finding } from 'tsplay'
import { networksIn } from '../cidr.ts'
import { isBefore } from '../version.ts'
import { error } from './error.ts'
import type { Named } from './named.ts'

/** Families that do not go together, or that a release of Kubernetes has only one of at a time. */
export function familyFindings(pods: Named, services: Named, kubernetes: string): Finding[] {
  const [ofPods, ofServices] = [pods, services].map(({ value }) => networksIn(value).map(familyOf))
  const two = [pods, services].find(({ value }) => networksIn(value).length > 1)
  const lacking = ofServices!.find((family) => !ofPods!.includes(family))
  return [
    ...(two && isBefore(kubernetes, '1.21')
      ? [
          error(
            'dual-stack',
            `Kubernetes ${kubernetes} takes one network, not one of each family: ${two.value}`,
            'have Kubernetes 1.21 or later, or name one',
            two.variable,
          ),
        ]
      : []),
    ...(lacking === undefined
      ? []
      : [
          error(
            'dual-stack',
            `services are to have addresses of ${lacking}, ${services.value}, and pods have none, ${pods.value}`,
            'name networks of the same families',
            services.variable,
          ),
        ]),
  ]
}

const familyOf = (network: string): string => (network.includes(':') ? 'IPv6' : 'IPv4')
